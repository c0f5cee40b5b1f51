import type { Page } from 'playwright-core';

/** A picture of the documentation: what is seen in the editor while a flow is at work. */
export interface Scene {
  /** Of the files in docs/images: `<name>-light.webp` and `<name>-dark.webp`. */
  name: string;
  /** The flow, in examples/. */
  example: string;
  width: number;
  height: number;
  /** Brings about what is to be seen. */
  prepare: (page: Page) => Promise<void>;
}

export const SCENES: readonly Scene[] = [
  {
    ...{ name: 'quick-start', example: 'quick-start', width: 1600, height: 960 },
    async prepare(page) {
      // The simulated fleet has reported: a status line tells of events, and the debug sidebar shows some.
      await page.waitForSelector('.red-ui-flow-node-status-label:has-text("sent")');
      await page.evaluate("RED.sidebar.show('debug')");
      await page.waitForSelector('.red-ui-debug-msg');
    },
  },
  {
    ...{ name: 'letters', example: 'taylordash-repair', width: 1400, height: 860 },
    async prepare(page) {
      await page.waitForSelector('.red-ui-flow-node-status-label:has-text("connected")');
      for (let times = 0; times < 3; times += 1) await press(page, 'a bad message');
      await page.waitForSelector('.red-ui-flow-node-status-label:has-text("dead letters: 3")');
      await show(page, 'letters');
      await page.locator('.gridwire-letters').getByText('3 letters').waitFor();
    },
  },
  {
    ...{ name: 'grid', example: 'grid-day', width: 1400, height: 860 },
    async prepare(page) {
      await show(page, 'grid');
      await page.locator('#gridwire-sidebar-grid svg').first().waitFor();
      await press(page, 'run a day');
      await page.waitForSelector('.red-ui-flow-node-status-label:has-text("step 24")');
      await page.locator('#gridwire-sidebar-grid').getByText('Step 24').waitFor();
      await page.locator('#gridwire-sidebar-grid .uplot').first().waitFor();
    },
  },
];

/** Presses the button of an inject node. */
async function press(page: Page, name: string): Promise<void> {
  const id = await page.evaluate<string>(
    `RED.nodes.filterNodes({ type: 'inject' }).find((node) => node.name === ${JSON.stringify(name)}).id`,
  );
  await page.locator(`[id="${id}"] .red-ui-flow-node-button-button`).click();
}

/** Opens a section of the sidebar, over its whole height and wide enough to be read in a picture. */
async function show(page: Page, section: string): Promise<void> {
  await page.evaluate(`RED.actions.invoke('gridwire:show-${section}')`);
  const body = page.locator(`#gridwire-sidebar-${section}`);
  await body.waitFor();
  await page.locator('.red-ui-sidebar-tab-bar [data-tab-id="debug"]').first().click();
  const edge = await page.locator('#red-ui-sidebar-separator').boundingBox();
  if (edge === null) throw new Error('The sidebar has no edge to draw at.');
  await page.mouse.move(edge.x + edge.width / 2, edge.y + 100);
  await page.mouse.down();
  await page.mouse.move(edge.x - 180, edge.y + 100, { steps: 4 });
  await page.mouse.up();
}
