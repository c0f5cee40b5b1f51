import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import { Keyboard } from '../support/keyboard.js';
import { NodeRedProcess } from '../support/node-red-process.js';

describe('by the keyboard alone (Chromium)', function () {
  this.timeout(180_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  afterEach(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  it('the first event goes out', async () => {
    nodeRed = await NodeRedProcess.start({ flows: [{ id: 'tab', type: 'tab', label: 'First' }] });
    editor = await EditorPage.open(nodeRed.url);
    const keys = new Keyboard(editor);
    const { page } = editor;
    const publish = await editor.drag('gridwire-publish', 500, 200);
    await keys.openSelected();
    await keys.tabTo('#gridwire-broker-offer-take');
    await keys.press('Enter');
    await page.waitForFunction(
      `[...document.querySelector('#node-input-eventType').options].some(({ value }) => value === 'telemetry')`,
    );
    await keys.tabTo('#node-input-eventType');
    await keys.choose('#node-input-eventType', 'telemetry');
    await keys.press('Tab');
    for (const value of ['1', 'INV-001']) {
      await keys.tabTo('.gridwire-parameter-row input.red-ui-typedInput-input');
      await keys.type(value);
      await keys.press('Tab');
    }
    await keys.tabTo('#gridwire-try-it button');
    await keys.press('Enter');
    await page.locator('#gridwire-try-it [role=status]', { hasText: 'deploy' }).waitFor();
    await keys.done();
    assert.deepEqual(
      await editor.evaluate(
        `RED.nodes.node('${publish}').parameters.map(({ name, value }) => [name, value])`,
      ),
      [
        ['siteId', '1'],
        ['serialNumber', 'INV-001'],
      ],
    );

    const subscribe = await editor.drag('gridwire-subscribe', 500, 320);
    await keys.openSelected();
    await keys.tabTo('#node-input-filter');
    await keys.type('sites/#');
    await keys.done();
    await keys.press('Control+d');
    await page.waitForFunction('!RED.nodes.dirty()');
    // Node-RED has no key for an inject node's button, but for the action of what is selected.
    const inject = await editor.evaluate<string>(`RED.nodes.filterNodes({ type: 'inject' })[0].id`);
    await editor.evaluate(`RED.view.select({ nodes: [RED.nodes.node('${inject}')] })`);
    await keys.action('Trigger selected nodes action');
    await page.waitForFunction(
      `(RED.nodes.node('${publish}').status || {}).text === '1 sent' && (RED.nodes.node('${subscribe}').status || {}).text === '1 received'`,
    );
  });
});
