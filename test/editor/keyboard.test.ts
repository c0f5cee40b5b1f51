import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { letter } from '../unit/store/helpers.js';

/** More presses of Tab than any of our panels has controls. */
const MOST_TABS = 120;

/** The keyboard of one editor. Node-RED has no key that brings a node from its palette; all that is ours begins behind that. */
class Keyboard {
  constructor(private readonly editor: EditorPage) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.editor.page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.editor.page.keyboard.type(text);
  }

  /** Goes on from control to control until one that matches has the focus, as somebody without a mouse does. */
  async tabTo(selector: string): Promise<void> {
    const isThere = `document.activeElement?.matches(${JSON.stringify(selector)}) === true`;
    for (let presses = 0; presses < MOST_TABS; presses += 1) {
      if (await this.editor.evaluate<boolean>(isThere)) return;
      await this.press('Tab');
    }
    throw new Error(`Tab never comes to ${selector}`);
  }

  /** Goes down the list of the select that has the focus, to a value. */
  async choose(selector: string, value: string): Promise<void> {
    const isChosen = `document.querySelector(${JSON.stringify(selector)}).value === ${JSON.stringify(value)}`;
    for (let presses = 0; presses < MOST_TABS; presses += 1) {
      if (await this.editor.evaluate<boolean>(isChosen)) return;
      await this.press('ArrowDown');
    }
    throw new Error(`the arrow keys never choose ${value}`);
  }

  /** Chooses an action from Node-RED's list of actions. */
  async action(label: string): Promise<void> {
    const list = this.editor.page.locator('#red-ui-actionList');
    await this.press('Control+Shift+P');
    await list.locator('input').first().waitFor();
    await this.type(label);
    await list
      .locator('.red-ui-search-result', { hasText: new RegExp(label, 'i') })
      .first()
      .waitFor();
    await this.press('Enter');
    await list.waitFor({ state: 'hidden' });
  }

  async openSelected(): Promise<void> {
    await this.action('Edit selected node');
    await this.editor.page.waitForSelector('#node-dialog-ok');
  }

  async done(): Promise<void> {
    await this.press('Control+Enter');
    await this.editor.page.waitForSelector('#node-dialog-ok', { state: 'detached' });
  }
}

describe('by the keyboard alone (Chromium)', function () {
  this.timeout(180_000);
  let userDir: string;
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;
  let keys: Keyboard;

  const start = async (flows: FlowNode[]): Promise<void> => {
    nodeRed = await NodeRedProcess.start({ flows, userDir });
    editor = await EditorPage.open(nodeRed.url);
    keys = new Keyboard(editor);
  };
  beforeEach(() => {
    userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-keyboard-'));
  });
  afterEach(async () => {
    await editor?.close();
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  it('the first event goes out', async () => {
    await start([{ id: 'tab', type: 'tab', label: 'First' }]);
    const { page } = editor!;
    const publish = await editor!.drag('gridwire-publish', 500, 200);
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
      await editor!.evaluate(
        `RED.nodes.node('${publish}').parameters.map(({ name, value }) => [name, value])`,
      ),
      [
        ['siteId', '1'],
        ['serialNumber', 'INV-001'],
      ],
    );

    const subscribe = await editor!.drag('gridwire-subscribe', 500, 320);
    await keys.openSelected();
    await keys.tabTo('#node-input-filter');
    await keys.type('sites/#');
    await keys.done();
    await keys.press('Control+d');
    await page.waitForFunction('!RED.nodes.dirty()');
    // Node-RED has no key for an inject node's button, but for the action of what is selected.
    const inject = await editor!.evaluate<string>(`RED.nodes.filterNodes({ type: 'inject' })[0].id`);
    await editor!.evaluate(`RED.view.select({ nodes: [RED.nodes.node('${inject}')] })`);
    await keys.action('Trigger selected nodes action');
    await page.waitForFunction(
      `(RED.nodes.node('${publish}').status || {}).text === '1 sent' && (RED.nodes.node('${subscribe}').status || {}).text === '1 received'`,
    );
  });

  it('one letter is repaired, then all of a list, after a look at what would come of it', async () => {
    const store = await openSqliteStore({ kind: 'sqlite', file: path.join(userDir, 'gridwire', 'store.db') });
    const broken = { powerKw: 'much' };
    const topic = 'sites/1/devices/INV-001/telemetry';
    await store.deadLetters.add(
      Array.from({ length: 3 }, (_each, index) =>
        letter(topic, { ...broken, index }, { failedAt: Date.now() - index }),
      ),
    );
    await store.close();
    await start([
      { id: 'tab', type: 'tab', label: 'Test' },
      { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
      { id: 'store', type: 'gridwire-store', name: 'events', kind: 'sqlite', file: '' },
      {
        ...{ id: 'dlq', type: 'gridwire-dlq', z: 'tab', x: 200, y: 100, wires: [[]], name: 'letters' },
        ...{ broker: 'broker', store: 'store', contract: 'ecogrid-ems', dialect: 'documented' },
      },
    ]);
    const { page } = editor!;
    const sidebar = page.locator('.gridwire-letters');
    await keys.action('Gridwire: Letters');
    await sidebar.getByText('3 letters').waitFor();
    await keys.tabTo('.gridwire-letters-list button');
    await keys.press('Enter');
    await page.locator('.gridwire-letter').getByLabel('Body').waitFor();
    const patch = '.gridwire-letter textarea:not([rows="12"])';
    await keys.tabTo(patch);
    await keys.type('$merge([payload, {"powerKw": 1}])');
    for (const said of ['Check', 'Send again']) {
      const button = page.locator('.gridwire-letter button', { hasText: said });
      await button.evaluate((each) => each.setAttribute('data-wanted', 'true'));
      await keys.tabTo('[data-wanted]');
      await button.evaluate((each) => each.removeAttribute('data-wanted'));
      await keys.press('Enter');
      await page
        .locator('.gridwire-letter')
        .getByText(said === 'Check' ? /It keeps to its contract/ : 'Sent, and acknowledged by the broker.')
        .waitFor();
    }
    await keys.tabTo('#gridwire-letter-close');
    await keys.press('Enter');
    await page.waitForSelector('.gridwire-letter', { state: 'detached' });
    await sidebar.getByText('2 letters').waitFor();

    await sidebar.locator('summary', { hasText: 'All letters of this list' }).evaluate((each) => {
      each.id = 'all-letters';
    });
    await keys.tabTo('#all-letters');
    await keys.press('Enter');
    await keys.tabTo('.gridwire-letters details[open] textarea');
    await keys.type('$merge([payload, {"powerKw": 2}])');
    const press = async (said: string): Promise<void> => {
      await sidebar.getByRole('button', { name: said }).evaluate((each) => {
        each.id = 'wanted';
      });
      await keys.tabTo('#wanted');
      await keys.press('Enter');
      await page.evaluate(`document.getElementById('wanted')?.removeAttribute('id')`);
    };
    await press('Look first');
    await sidebar.getByText('Of 2 letters looked at, 2 would be sent. Nothing was sent.').waitFor();
    await press('Repair all 2');
    await keys.tabTo('.red-ui-notification button.primary');
    await keys.press('Enter');
    await sidebar.getByText('2 sent, 0 failed.').waitFor();
  });
});
