import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { letter, message } from '../unit/store/helpers.js';

const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Test' },
  { id: 'broker', type: 'gridwire-broker', name: 'here', transport: 'memory' },
  { id: 'store', type: 'gridwire-store', name: 'events', kind: 'sqlite', file: '' },
  {
    ...{ id: 'dlq', type: 'gridwire-dlq', z: 'tab', x: 200, y: 100, wires: [[]], name: 'letters' },
    ...{ broker: 'broker', store: 'store', contract: 'taylordash', dialect: 'documented' },
  },
];
/** Without these there is no editor. */
const EDITOR = ['flows.read', 'nodes.read', 'settings.read', 'plugins.read', 'library.read', 'status.read'];
const MARKER = 'only-in-payloads';

describe('the letters sidebar for people with few rights (Chromium)', function () {
  this.timeout(120_000);
  let userDir: string;
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  async function open(permissions: string[]): Promise<void> {
    userDir = mkdtempSync(path.join(os.tmpdir(), 'gridwire-rights-'));
    const store = await openSqliteStore({ kind: 'sqlite', file: path.join(userDir, 'gridwire', 'store.db') });
    await store.deadLetters.add([letter('a', MARKER, { reason: `found "${MARKER}"`, failedAt: Date.now() })]);
    const parked = { attempts: 2, nextAttemptAt: Date.now() + 1e9, reason: `found "${MARKER}"` };
    await store.parked.park('gone', [{ ...parked, key: 'k', message: message('p/1', MARKER) }]);
    await store.close();
    const adminAuth = {
      type: 'credentials',
      users: [],
      default: { permissions: [...EDITOR, ...permissions] },
    };
    nodeRed = await NodeRedProcess.start({ flows: FLOW, userDir, settings: { adminAuth } });
    editor = await EditorPage.open(nodeRed.url);
    await editor.show('letters');
  }
  afterEach(async () => {
    await editor?.close();
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const sidebar = () => editor!.page.locator('.gridwire-letters');
  const tabs = () => sidebar().getByRole('tab').allInnerTexts();
  const buttons = (name: string) => sidebar().getByRole('button', { name }).count();

  it('shows counts and no content to a person who may see states, and offers nothing', async () => {
    await open(['gridwire.states.read']);
    await sidebar().getByText('SCHEMA_VIOLATION (1)').waitFor();
    assert.deepEqual(await tabs(), ['Letters', 'Queues', 'What is wrong']);
    await sidebar().getByRole('tab', { name: 'Queues' }).click();
    await sidebar().getByText('To be tried again: gone').click();
    assert.doesNotMatch(await sidebar().innerText(), new RegExp(MARKER));
    assert.equal(await buttons('Discard'), 0);
    assert.deepEqual(editor!.errors, []);
  });

  it('shows what letters hold to a person who may see payloads, and offers no repair', async () => {
    await open(['gridwire.payloads.read']);
    await sidebar().getByText('1 letter', { exact: true }).waitFor();
    assert.deepEqual(await tabs(), ['Letters', 'Queues', 'Log', 'What is wrong']);
    await sidebar().getByRole('button', { name: 'Open' }).click();
    const body = editor!.page.locator('.gridwire-letter').getByLabel('Body');
    assert.equal(await body.inputValue(), MARKER);
    assert.equal(await editor!.page.getByRole('button', { name: 'Send again' }).count(), 0);
    assert.equal((await buttons('Discard')) + (await buttons('Repair all')), 0);
    assert.deepEqual(editor!.errors, []);
  });

  it('says which right is missing to a person who has none', async () => {
    await open([]);
    await sidebar()
      .getByText(/gridwire\.states\.read shows how many/)
      .waitFor();
    assert.deepEqual(await tabs(), []);
  });
});
