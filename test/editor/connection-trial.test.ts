import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import { mqttBroker } from '../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../support/mosquitto.js';
import { NodeRedProcess } from '../support/node-red-process.js';

const STEPS = '#gridwire-trial-steps';

describe('trying a connection in the panel (Chromium, Mosquitto)', function () {
  this.timeout(120_000);
  let mosquitto: CrashableMosquitto | undefined;
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async function () {
    mosquitto = await startMosquitto(this);
    nodeRed = await NodeRedProcess.start({
      flows: [
        { id: 'tab', type: 'tab', label: 'Test' },
        { id: 'store', type: 'gridwire-store', kind: 'sqlite' },
        mqttBroker('broker', mosquitto.port),
        {
          ...{ id: 'publish', type: 'gridwire-publish', z: 'tab', x: 200, y: 100, broker: 'broker' },
          ...{ contract: 'ecogrid-ems', dialect: 'documented', eventType: 'telemetry', wires: [[]] },
        },
        {
          ...{ id: 'send', type: 'inject', z: 'tab', x: 100, y: 200, props: [{ p: 'payload' }], topic: '' },
          ...{ payload: '{"powerKw":"much"}', payloadType: 'json', wires: [['publish']] },
        },
      ],
    });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
    await mosquitto?.stop();
  });

  async function openTab(name: 'security' | 'messages'): Promise<void> {
    const { page } = editor!;
    const pane = page.locator(`#gridwire-broker-panes > #gridwire-broker-${name}`);
    await page.locator(`#gridwire-broker-tabs a.red-ui-tab-label[href="#gridwire-broker-${name}"]`).click();
    await pane.waitFor();
  }

  async function tried(): Promise<string> {
    const { page } = editor!;
    await page.locator('#gridwire-trial').click();
    await page.waitForFunction(`document.querySelector('#gridwire-trial:not(:disabled)') !== null`);
    return page.locator(STEPS).innerText();
  }

  it('says of a broker that is typed in where it ends, and that it works when it is corrected', async () => {
    const { page } = editor!;
    await editor!.editConfig('gridwire-broker', 'broker');
    await page.locator('#node-config-input-port').fill('1');
    assert.match(await tried(), /Port 1 does not answer: nothing listens there; check host and port/);
    await page.locator('#node-config-input-port').fill(String(mosquitto!.port));
    await page.locator('#gridwire-trial-topic').fill('sites/1/x');
    const words = await tried();
    assert.match(words, /The login works\.[^]*Subscribing to sites\/1\/x is allowed\.[^]*MQTT 3\.1\.1/);
    assert.doesNotMatch(words, /gridwire[-.]|__\w+__/, 'an untranslated key or value shows');
  });

  it('offers what core nodes have, for the transport and the version that has it', async () => {
    const { page } = editor!;
    const sessions = page.locator('#node-config-input-sessionExpiry');
    await page.locator('#node-config-input-protocolVersion').selectOption('5');
    await sessions.waitFor();
    await page.locator('#node-config-input-protocolVersion').selectOption('4');
    await sessions.waitFor({ state: 'hidden' });
    const host = page.locator('#node-config-input-host');
    await host.fill('wss://127.0.0.1/mqtt');
    await host.press('Tab');
    await page.locator('#node-config-input-port').waitFor({ state: 'hidden' });
    await host.fill('127.0.0.1');
    await host.press('Tab');
    await page.locator('#node-config-input-port').waitFor();
    await openTab('messages');
    await page.locator('#node-config-input-willTopic').waitFor();
    await page.locator('#node-config-input-transport').selectOption('kafka');
    await page.locator('.gridwire-broker-no-mqtt', { hasText: 'Kafka keeps no sessions' }).waitFor();
    await page.locator('#node-config-dialog-cancel').click();
    await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
  });

  it('moves the port of everybody with the switch for TLS, and no other', async () => {
    const { page } = editor!;
    const port = page.locator('#node-config-input-port');
    await editor!.editConfig('gridwire-broker', 'broker');
    await openTab('security');
    const useTls = page.locator('#node-config-input-useTls');
    await useTls.check();
    assert.equal(await port.inputValue(), String(mosquitto!.port));
    await useTls.uncheck();
    await editor!.evaluate(`document.querySelector('#node-config-input-port').value = '1883'`);
    await useTls.check();
    assert.equal(await port.inputValue(), '8883');
    await useTls.uncheck();
    assert.equal(await port.inputValue(), '1883');
    await page.locator('#node-config-dialog-cancel').click();
    await page.waitForSelector('#node-config-dialog-ok', { state: 'detached' });
  });

  it('says of a store what it would be kept in', async () => {
    await editor!.editConfig('gridwire-store', 'store');
    assert.match(await tried(), /The file can be used\.[^]*No other process has it\./);
    await editor!.done(true);
  });

  it('shows in the panel the whole sentence of what is wrong, until it is seen', async () => {
    const { page } = editor!;
    await nodeRed!.admin.inject('send');
    await page.waitForFunction(
      `(RED.nodes.node('publish').status || {}).text === '1 refused: contract broken'`,
    );
    await editor!.edit('publish');
    const state = page.locator('.gridwire-state');
    await state.locator('b', { hasText: '1 refused: contract broken' }).waitFor();
    assert.match(await state.innerText(), /SCHEMA_VIOLATION[^]*powerKw/);
    await state.locator('button').click();
    await state.waitFor({ state: 'hidden' });
    await editor!.done();
    await page.waitForFunction(`!/refused/.test((RED.nodes.node('publish').status || {}).text)`);
  });

  it('lists in the sidebar what is wrong with which node', async () => {
    const { page } = editor!;
    await nodeRed!.admin.inject('send');
    await editor!.show('letters');
    await page.locator('[data-view="wrong"]').click();
    const list = page.locator('.gridwire-letters-list:visible');
    await page.waitForFunction(
      `(RED.nodes.node('publish').status || {}).text === '1 refused: contract broken'`,
    );
    await page.locator('button', { hasText: 'Look again' }).click();
    await list.locator('li', { hasText: 'publish' }).waitFor();
    assert.match(await list.innerText(), /powerKw/);
  });

  it('lets no error reach the browser console', () => assert.deepEqual(editor!.errors, []));
});
