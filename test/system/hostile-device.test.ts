import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { ecogridPipeline, mqttBroker } from '../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../support/mosquitto.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { HEADERS, hostileHeaders, rowOf } from '../support/trust-headers.js';
import { until } from '../support/wait.js';

const COMMANDS = 'sites/1/devices/INV-001/commands';
/** What the device may write by its broker's rules. */
const OWN = 'sites/1/devices/INV-001/telemetry';
/** A name of its own that a flow below a prefix takes for one of dead letters. */
const CHOSEN = 'plant/sites/1/devices/dlq/telemetry';
const ACCESS = `
user device
topic write ${OWN}
topic write ${CHOSEN}
user gridwire
topic readwrite #
user spy
topic read #
`;

const GOOD = JSON.stringify({ powerKw: 5 });
const COMMAND = JSON.stringify({ command: 'DISCHARGE', parameters: { powerKw: 50 } });
/** Refused by every contract, so that it ends as a dead letter wherever it goes. */
const LAST = 'the last';
const BODIES = [GOOD, 'no JSON', '', COMMAND, JSON.stringify({ powerKw: 'high' })];

const place = { z: 'tab', x: 200, y: 100 };
/** Whatever receives takes what the device sends. */
function flow(port: number, store: string): FlowNode[] {
  const common = { broker: 'broker', contract: 'ecogrid-ems', dialect: 'documented' };
  const broker = mqttBroker('broker', port, { protocolVersion: '5' });
  const pipeline = ecogridPipeline(broker).map((node) =>
    node.id === 'dlq' ? { ...node, store: 'store' } : node,
  );
  return [
    ...pipeline,
    { id: 'store', type: 'gridwire-store', kind: 'sqlite', file: store },
    {
      ...{ id: 'bare', type: 'gridwire-subscribe', ...place, ...common, contract: '', filter: 'plant/#' },
      wires: [['mirror', 'stream', 'alarm', 'check', 'dlq', 'summary'], ['dlq']],
    },
    {
      ...{ id: 'checked', type: 'gridwire-subscribe', ...place, ...common, eventType: 'telemetry' },
      ...{ cloudEvents: true, wires: [['mirror', 'stream'], ['dlq']] },
    },
    { id: 'mirror', type: 'gridwire-mirror', ...place, store: 'store', wires: [[]] },
    { id: 'stream', type: 'gridwire-stream', ...place, path: '/ws/events', access: 'login' },
    { id: 'alarm', type: 'gridwire-alarm', ...place, wires: [[]] },
    { id: 'summary', type: 'gridwire-vehicle-summary', ...place, wires: [[]] },
    {
      ...{ id: 'check', type: 'gridwire-validate', ...place, source: 'contract', ...common },
      ...{ eventType: 'telemetry', wires: [[], []] },
    },
  ];
}

describe('a hostile device (Mosquitto with rights)', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-device-'));
  let mosquitto: CrashableMosquitto | undefined;
  let nodeRed: NodeRedProcess | undefined;
  const clients: MqttClient[] = [];
  /** Topics of all that anybody else than the device has sent. */
  const seen: string[] = [];
  /** Topics on which the last that it sent was seen. */
  const ended = new Set<string>();

  before(async function () {
    mosquitto = await startMosquitto(this, {
      files: { access: ACCESS },
      config: ['allow_anonymous true', 'acl_file {dir}/access'],
    });
    const { port } = mosquitto;
    const client = async (username: string): Promise<MqttClient> => {
      const options = { host: '127.0.0.1', port, username, protocolVersion: 5 } as const;
      const opened = await mqtt.connectAsync(options);
      clients.push(opened);
      return opened;
    };
    await client('device');
    const spy = await client('spy');
    spy.on('message', (topic, body) => {
      if (body.toString() === LAST) ended.add(topic);
      if (![OWN, CHOSEN].includes(topic)) seen.push(topic);
    });
    await spy.subscribeAsync('#', { qos: 1 });
    const flows = flow(port, path.join(folder, 'store.db'));
    nodeRed = await NodeRedProcess.start({ flows, credentials: { broker: { username: 'gridwire' } } });
    await nodeRed.ready();
  });
  after(async () => {
    for (const client of clients) await client.endAsync(true);
    await nodeRed?.stop();
    await mosquitto?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const post = async (route: string, body: object): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(new URL(route, nodeRed!.url), {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const get = async <T>(route: string): Promise<T> =>
    (await fetch(new URL(route, nodeRed!.url))).json() as Promise<T>;

  it('has what it sends published as its own telemetry or as a dead letter, whatever its headers say', async () => {
    const [device] = clients as [MqttClient];
    const headers = hostileHeaders(COMMANDS);
    const alone = Object.entries(headers).map(([name, value]) => ({ [name]: value }));
    const variants = [headers, ...alone, { 'gridwire-encoding': '{"headers":[{"name":"x"}]}' }];
    const sent = [OWN, CHOSEN].flatMap((topic) =>
      BODIES.flatMap((body) =>
        variants.map((userProperties) => {
          const correlationData = Buffer.from('x');
          const properties = { userProperties, responseTopic: COMMANDS, correlationData };
          return device.publishAsync(topic, body, { qos: 1, properties });
        }),
      ),
    );
    await Promise.all(sent);
    // Topics keep their order: when the last of each is there, all is.
    for (const topic of [OWN, CHOSEN]) await device.publishAsync(topic, LAST, { qos: 1 });
    const letterTopics = [`${OWN}-dlt`, 'device-telemetry-dlt', `${CHOSEN}-dlt`];
    await until('all was dealt with', () => letterTopics.every((topic) => ended.has(topic)), 60_000);
    assert.deepEqual(
      [...new Set(seen)].filter((topic) => !/^device-telemetry(-dlt)?$|-dlt$/.test(topic)),
      [],
    );
  });

  it('gets nothing sent to another topic by whoever repairs all letters', async () => {
    const total = async (query: string): Promise<number> =>
      (await get<{ total: number }>(`gridwire/stores/store/letters${query}`)).total;
    assert.ok((await total('')) > 0);
    const own = async (): Promise<number> =>
      (await total(`?topicFilter=${OWN}`)) + (await total(`?topicFilter=${CHOSEN}`));
    // Several nodes make letters of one message, some later than others.
    await until(
      'all letters are of the topics that it may write',
      async () => (await own()) === (await total('')),
    );
    await post('gridwire/stores/store/repair', {
      through: 'dlq',
      filter: {},
      commands: ['commands', COMMANDS],
    });
    await until(
      'the repair has ended',
      async () => (await get<{ state: string }>('gridwire/stores/store/repair')).state === 'done',
    );
    assert.deepEqual(
      seen.filter((topic) => /commands|\.\./.test(topic)),
      [],
    );
  });

  it('stops nothing: every node goes on', async () => {
    const from = seen.length;
    await clients[0]!.publishAsync(OWN, GOOD, { qos: 1 });
    await until('its telemetry is published', () => seen.slice(from).includes('device-telemetry'));
    assert.ok(nodeRed?.isRunning);
    assert.deepEqual(
      nodeRed.lines.filter((line) => /INTERNAL|TypeError|Uncaught|\bat .*node_modules/.test(line)),
      [],
    );
  });

  it('is played with every header of the table', () => {
    const rows = new Set([...Object.keys(hostileHeaders('')), 'gridwire-encoding'].map(rowOf));
    assert.deepEqual(
      Object.keys(HEADERS).filter((row) => !rows.has(row)),
      [],
    );
  });
});
