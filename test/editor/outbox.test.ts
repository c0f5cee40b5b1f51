import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { EditorPage } from '../support/editor-page.js';
import { mqttBroker } from '../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../support/mosquitto.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const TAB: FlowNode = { id: 'tab', type: 'tab', label: 'Test' };
const PUBLISH: FlowNode = {
  id: 'publish',
  type: 'gridwire-publish',
  z: 'tab',
  x: 300,
  y: 60,
  broker: 'broker',
  contract: '',
  topic: 't',
  wires: [[]],
};
const INJECT: FlowNode = {
  id: 'inject',
  type: 'inject',
  z: 'tab',
  x: 100,
  y: 60,
  props: [{ p: 'payload' }],
  payload: 'x',
  payloadType: 'str',
  wires: [['publish']],
};

describe('outbox and broker check in the editor (Chromium, Mosquitto)', function () {
  this.timeout(120_000);
  let mosquitto: CrashableMosquitto | undefined;
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async function () {
    mosquitto = await startMosquitto(this, { config: ['allow_anonymous true', 'sys_interval 1'] });
    const broker = mqttBroker('broker', mosquitto.port);
    const file = path.join(os.tmpdir(), `gridwire-${String(process.pid)}-outbox.db`);
    const store: FlowNode = { id: 'store', type: 'gridwire-store', kind: 'sqlite', file };
    nodeRed = await NodeRedProcess.start({ flows: [TAB, broker, store, PUBLISH, INJECT] });
    await nodeRed.waitForLine(/Connected/);
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
    await mosquitto?.stop();
  });

  const statusText = `document.querySelector('#publish .red-ui-flow-node-status-label')?.textContent`;

  it('says in words what the broker promises and what would lose messages', async () => {
    const { page } = editor!;
    await editor!.editConfig('gridwire-broker', 'broker');
    await page.locator('#gridwire-broker-tabs li', { hasText: 'Check' }).click();
    await page.waitForFunction(`document.querySelectorAll('.gridwire-finding').length > 4`);
    const words = await page.locator('#gridwire-broker-findings').innerText();
    assert.match(words, /Connected to 127\.0\.0\.1:\d+ \(version: mosquitto version/);
    assert.match(words, /Clean session: what is published while this Node-RED is away is lost/);
    assert.match(words, /No message was dropped since the broker was started/);
    assert.doesNotMatch(words, /gridwire[-.]|__\w+__/, 'an untranslated key or value shows');
    await editor!.done(true);
  });

  it('says what waits and why while the broker is away, and that it has gone when it is back', async () => {
    const { page } = editor!;
    await mosquitto!.kill();
    await page.waitForFunction(`/connect/.test(${statusText} ?? '')`);
    for (let count = 0; count < 3; count += 1) await nodeRed!.admin.inject('inject');
    await page.waitForFunction(`/^broker away: refused, 3 waiting$/.test(${statusText} ?? '')`);
    await mosquitto!.start();
    await page.waitForFunction(`${statusText} === '3 sent'`);
  });

  it('keeps the events of a new node in the only store; old ones stay as they are, and say what a restart loses', async () => {
    const { page } = editor!;
    const id = await editor!.drag('gridwire-publish', 300, 200);
    assert.equal(await editor!.evaluate(`RED.nodes.node('${id}').store`), 'store');
    await editor!.edit(id);
    assert.equal(await page.locator('#node-input-store').inputValue(), 'store');
    assert.equal(await page.locator('#gridwire-keep-in-memory').isVisible(), false);
    await page.locator('#node-dialog-cancel').click();
    await page.waitForSelector('#node-dialog-ok', { state: 'detached' });
    await editor!.edit('publish');
    assert.match(
      await page.locator('#gridwire-keep-in-memory').innerText(),
      /a restart of Node-RED loses it/,
    );
    await editor!.done();
    assert.equal(await editor!.evaluate(`RED.nodes.node('publish').store || ''`), '');
  });
});
