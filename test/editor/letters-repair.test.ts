import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { EditorPage } from '../support/editor-page.js';
import { Keyboard } from '../support/keyboard.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { letter } from '../unit/store/helpers.js';

const MANY = 10_000;
const TOPIC = 'sites/1/devices/INV-001/telemetry';
const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  { id: 'store', type: 'gridwire-store', name: 'events', kind: 'sqlite', file: '' },
  {
    ...{ id: 'dlq', type: 'gridwire-dlq', z: 'tab', x: 200, y: 100, wires: [[]], name: 'letters' },
    ...{ broker: 'broker', store: 'store', contract: 'ecogrid-ems', dialect: 'documented' },
  },
];
/** What a repair sends has to come somewhere. */
const RECEIVER: FlowNode = {
  ...{ id: 'subscribe', type: 'gridwire-subscribe', z: 'tab', x: 200, y: 200, wires: [[]] },
  ...{ broker: 'broker', contract: '', filter: TOPIC, qos: '1' },
};

/** How somebody uses the editor: presses a button, and writes into a field. */
interface Hand {
  /** @param isBehind it lies before what has the focus: a keyboard goes back to it */
  press: (what: Locator, isBehind?: boolean) => Promise<void>;
  write: (where: Locator, text: string) => Promise<void>;
}

function mouse(): Hand {
  return { press: (what) => what.click(), write: (where, text) => where.fill(text) };
}

function keyboard(editor: EditorPage): Hand {
  const keys = new Keyboard(editor);
  const reach = async (what: Locator, isBehind = false): Promise<void> => {
    await what.evaluate((each) => each.setAttribute('data-wanted', ''));
    await keys.tabTo('[data-wanted]', isBehind ? 'Shift+Tab' : 'Tab');
    await what.evaluate((each) => each.removeAttribute('data-wanted'));
  };
  return {
    async press(what, isBehind) {
      await reach(what, isBehind);
      await keys.press('Enter');
    },
    async write(where, text) {
      await reach(where);
      await keys.type(text);
    },
  };
}

describe('one letter is repaired, then 10,000, after a look at what would come of it (Chromium)', function () {
  this.timeout(240_000);
  let userDir: string;
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  beforeEach(async () => {
    userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-repair-'));
    const store = await openSqliteStore({ kind: 'sqlite', file: path.join(userDir, 'gridwire', 'store.db') });
    await store.deadLetters.add(
      Array.from({ length: MANY + 1 }, (_each, index) =>
        letter(TOPIC, { powerKw: 'much', index }, { failedAt: Date.now() - index }),
      ),
    );
    await store.close();
    nodeRed = await NodeRedProcess.start({ flows: [...FLOW, RECEIVER], userDir });
    editor = await EditorPage.open(nodeRed.url);
  });
  afterEach(async () => {
    await editor?.close();
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const repair = async ({ press, write }: Hand): Promise<void> => {
    const { page } = editor!;
    const sidebar = page.locator('.gridwire-letters');
    const tray = page.locator('.gridwire-letter');
    await sidebar.getByText(`${MANY + 1} letters`).waitFor();

    await press(sidebar.locator('.gridwire-letters-list').getByRole('button', { name: 'Open' }).first());
    await tray.getByLabel('Body').waitFor();
    await write(tray.getByLabel('JSONata patch'), '$merge([payload, {"powerKw": 1}])');
    await press(tray.getByRole('button', { name: 'Check' }));
    await tray.getByText(/It keeps to its contract/).waitFor();
    await press(tray.getByRole('button', { name: 'Send again' }));
    await tray.getByText('Sent, and acknowledged by the broker.').waitFor();
    await press(page.locator('#gridwire-letter-close'), true);
    await tray.waitFor({ state: 'detached' });
    await sidebar.getByText(`${MANY} letters`, { exact: true }).waitFor();

    await press(sidebar.locator('summary', { hasText: 'All letters of this list' }), true);
    await write(sidebar.getByLabel('JSONata patch'), '$merge([payload, {"powerKw": 2}])');
    await press(sidebar.getByRole('button', { name: 'Look first' }));
    await sidebar.getByText(/would be sent\. Nothing was sent\./).waitFor();
    assert.match(await sidebar.innerText(), /"powerKw":\s*"much"[^]*"powerKw":\s*2/, 'before and after');
    assert.equal(await sidebar.getByText(`${MANY} letters`, { exact: true }).count(), 1);

    await press(sidebar.getByRole('button', { name: `Repair all ${MANY}` }));
    await press(page.locator('.red-ui-notification button.primary'));
    await sidebar.getByText(`${MANY} sent, 0 failed.`).waitFor({ timeout: 150_000 });
    await sidebar.getByText('0 letters', { exact: true }).waitFor();
    await page.waitForFunction(`(RED.nodes.node('subscribe').status || {}).text === '${MANY + 1} received'`);
    assert.deepEqual(editor!.errors, []);
  };

  it('by the mouse', async () => {
    await editor!.show('letters');
    await repair(mouse());
  });

  it('by the keyboard alone', async () => {
    await new Keyboard(editor!).action('Gridwire: Letters');
    await repair(keyboard(editor!));
  });
});
