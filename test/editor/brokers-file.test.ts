import assert from 'node:assert/strict';
import { EditorPage } from '../support/editor-page.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';

/** The CELINE document's two examples in one file, with a Kafka broker that is off. */
const FILE = `
brokers:
  mqtt_local:
    class: celine.dt.core.broker.mqtt:MqttBroker
    enabled: true
    config:
      host: "\${MQTT_HOST:-localhost}"
      port: \${MQTT_PORT:-1883}
      username: "\${MQTT_USERNAME:-}"
      password: "\${MQTT_PASSWORD:-}"
      use_tls: false
      topic_prefix: "celine/dt/"
  mqtt_secure:
    class: celine.dt.core.broker.mqtt:MqttBroker
    config:
      host: secure-broker.example.com
      username: celine
      password: p<b>ss"word
      use_tls: true
      ca_certs: /etc/ssl/certs/ca-certificates.crt
  kafka:
    class: mymodule.kafka:KafkaBroker
    enabled: false
    config:
      bootstrap_servers: "kafka-1:9092,kafka-2:9092"
default_broker: mqtt_local
`;

describe('brokers.yaml in the editor (Chromium)', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess | undefined;
  let editor: EditorPage | undefined;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: [{ id: 'tab', type: 'tab', label: 'Test' }] });
    editor = await EditorPage.open(nodeRed.url);
  });
  after(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  const planned = (): Promise<string[]> => editor!.page.locator('.gridwire-planned').allInnerTexts();
  const deployed = async (name: string): Promise<FlowNode | undefined> =>
    (await nodeRed!.admin.flows()).find((node) => node['name'] === name);

  it('is found in the main menu, and says what will be made before it makes it', async () => {
    const { page } = editor!;
    await page.click('#red-ui-header-button-sidemenu');
    await page.hover('#gridwire-menu');
    await page.click('#gridwire-menu-import-brokers-file');
    await page.fill('#gridwire-brokers-file-text', FILE);
    await page.waitForSelector('.gridwire-planned');
    const [local = '', secure = '', kafka = ''] = (await planned()).map((text) =>
      text.replaceAll(/\s+/g, ' '),
    );
    assert.match(
      local,
      /^mqtt_local ?default ?MQTT \$\{MQTT_HOST:-localhost\}:\$\{MQTT_PORT:-1883\} · prefix celine\/dt\//,
    );
    assert.match(
      secure,
      /^mqtt_secure ?MQTT secure-broker\.example\.com:8883 · user celine · with a password · TLS with files/,
    );
    assert.match(kafka, /^kafka ?disabled ?Kafka kafka-1:9092,kafka-2:9092/);
    assert.doesNotMatch((await planned()).join(), /p<b>ss/);
  });

  it('makes the broker nodes, which undo takes away', async () => {
    const { page } = editor!;
    const count = (): Promise<number> =>
      editor!.evaluate(`RED.nodes.filterNodes({ type: 'gridwire-broker' }).length`);
    const configs = (): Promise<number> =>
      editor!.evaluate(
        `(() => { let n = 0; RED.nodes.eachConfig((node) => { if (node.type === 'gridwire-broker') n += 1; }); return n; })()`,
      );
    await page.click('#gridwire-brokers-file-create');
    await page.waitForSelector('#gridwire-brokers-file-text', { state: 'detached' });
    assert.equal(await configs(), 3);
    await editor!.evaluate(`RED.history.pop()`);
    assert.equal(await configs(), 0);
    await editor!.evaluate(`RED.history.redo()`);
    assert.equal(await configs(), 3);
    assert.equal(await count(), 0);
  });

  it('deploys them: variables stay variables, passwords are credentials, files make a TLS node', async () => {
    await editor!.deploy();
    const local = await deployed('mqtt_local');
    assert.deepEqual(
      ['transport', 'host', 'port', 'topicPrefix', 'info'].map((field) => local?.[field]),
      [
        'mqtt',
        '${MQTT_HOST:-localhost}',
        '${MQTT_PORT:-1883}',
        'celine/dt/',
        'From brokers.yaml: the default broker.',
      ],
    );
    const secure = await deployed('mqtt_secure');
    const tls = await deployed('TLS mqtt_secure');
    assert.deepEqual(
      [secure?.['useTls'], secure?.['tls'], tls?.['ca']],
      [true, tls?.id, '/etc/ssl/certs/ca-certificates.crt'],
    );
    const kafka = await deployed('kafka');
    assert.deepEqual([kafka?.['d'], kafka?.['kafkaBrokers']], [true, 'kafka-1:9092,kafka-2:9092']);
    const credentials: unknown = await (
      await nodeRed!.admin.request(`credentials/gridwire-broker/${secure!.id}`)
    ).json();
    assert.deepEqual(credentials, { username: 'celine', has_password: true });
    assert.doesNotMatch(JSON.stringify(await nodeRed!.admin.flows()), /p<b>ss/);
  });

  it('leaves out what exists already, and reports a file that cannot be read', async () => {
    const { page } = editor!;
    await editor!.evaluate(`RED.actions.invoke('gridwire:import-brokers-file')`);
    await page.fill('#gridwire-brokers-file-text', FILE);
    await page.waitForSelector('.gridwire-planned');
    assert.equal(await page.locator('.gridwire-planned input:checked').count(), 0);
    await page.fill('#gridwire-brokers-file-text', 'brokers:\n  b:\n    config:\n      port: <img src=x>');
    await page.waitForSelector('.gridwire-fault');
    assert.match(await page.locator('.gridwire-fault').innerText(), /Broker "b" of the file: "port" must be/);
    assert.deepEqual(editor!.errors, []);
  });

  it('has its tray between the sidebars, however long its sentences are', async () => {
    const { page } = editor!;
    await page.evaluate(`RED.actions.invoke('gridwire:import-brokers-file')`);
    await page.waitForFunction(`document.querySelector('.red-ui-tray')?.style.right === '0px'`);
    const [tray, workspace] = await Promise.all(
      ['.red-ui-tray', '#red-ui-workspace'].map((each) => page.locator(each).boundingBox()),
    );
    assert.ok(tray!.x > workspace!.x, `the tray begins at ${tray!.x}, the workspace at ${workspace!.x}`);
    assert.ok(tray!.width < 720, `${tray!.width} pixels wide`);
    await page.evaluate('RED.tray.close()');
  });
});
