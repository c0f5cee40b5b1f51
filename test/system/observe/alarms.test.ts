import assert from 'node:assert/strict';
import mqtt from 'mqtt';
import { ServiceUnavailable, startPostgreSql, type PostgreSql } from '../../../scripts/services/index.js';
import { mqttBroker } from '../../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/wait.js';

/** As an operator is promised. */
const WITHIN = 10_000;

function flow(direct: number, behindProxy: number, database: number): FlowNode[] {
  const publish = (id: string, broker: string, store = ''): FlowNode => ({
    ...{ id, z: 'tab', type: 'gridwire-publish', broker, store, contract: '', topic: 't', qos: '1' },
    ...{ parameters: [], wires: [[]] },
  });
  return [
    { id: 'tab', type: 'tab' },
    mqttBroker('direct', direct, { name: 'the broker' }),
    mqttBroker('behind', behindProxy, { name: 'the one behind a network', keepalive: '2' }),
    {
      ...{ id: 'store', name: 'the database', type: 'gridwire-store', kind: 'postgres', host: '127.0.0.1' },
      ...{ port: String(database), database: 'gridwire', timeout: '3' },
    },
    publish('publish-direct', 'direct', 'store'),
    {
      ...{ id: 'fleet', name: 'the fleet', type: 'gridwire-devices', policy: 'reject', silentAfter: '2' },
      devices: [{ serialNumber: 'INV-001', id: 123, type: 'SOLAR_INVERTER', site: 1 }],
    },
    {
      ...{ id: 'ingest', z: 'tab', type: 'gridwire-ingest', broker: 'direct', devices: 'fleet' },
      ...{ contract: 'ecogrid-ems', dialect: 'documented', wires: [[], [], []] },
    },
    publish('publish-behind', 'behind'),
    {
      ...{
        id: 'tick',
        z: 'tab',
        type: 'inject',
        props: [{ p: 'payload' }],
        payload: 'x',
        payloadType: 'str',
      },
      ...{
        repeat: '0.5',
        once: true,
        onceDelay: '0.1',
        topic: '',
        wires: [['publish-direct', 'publish-behind']],
      },
    },
    {
      id: 'alarm',
      z: 'tab',
      type: 'gridwire-alarm',
      delay: '1',
      hold: '2',
      without: 'disk-full',
      wires: [['print']],
    },
    {
      ...{ id: 'print', z: 'tab', type: 'function', outputs: 0, wires: [] },
      func: 'const { change, name, subject } = msg.payload; node.warn(`ALARM ${change} ${name} ${subject}.`);',
    },
  ];
}

describe('alarms, as one part after the other dies and comes back', function () {
  this.timeout(180_000);
  let mosquitto: CrashableMosquitto | undefined;
  let postgres: PostgreSql | undefined;
  let network: TcpProxy | undefined;
  let cable: TcpProxy | undefined;
  let nodeRed: NodeRedProcess | undefined;

  before(async function () {
    mosquitto = await startMosquitto(this);
    try {
      postgres = await startPostgreSql();
    } catch (error) {
      if (!(error instanceof ServiceUnavailable) || process.env['CI'] === 'true') throw error;
      console.log(`      skipped: ${error.message}`);
      this.skip();
    }
    network = await startTcpProxy({ port: mosquitto.port });
    cable = await startTcpProxy({ port: Number(new URL(postgres.url).port) });
    nodeRed = await NodeRedProcess.start({ flows: flow(mosquitto.port, network.port, cable.port) });
    await nodeRed.waitForLine(/gridwire-broker:the broker\] Connected/);
    await nodeRed.waitForLine(/gridwire-broker:the one behind a network\] Connected/);
    await nodeRed.waitForLine(/gridwire-store:the database\] .*open/i);
  });
  after(async () => {
    await nodeRed?.stop();
    await network?.stop();
    await cable?.stop();
    await postgres?.stop();
    await mosquitto?.stop();
  });

  /** One alarm is told as active once within ten seconds, and cleared by itself when the part is back. */
  async function alarmed(what: string, die: () => unknown, comeBack: () => unknown): Promise<void> {
    // The death of one part may have been felt behind another, which recovers a moment later.
    await until(
      `${what} is over`,
      () => told(`active ${what}`, 0).length === told(`cleared ${what}`, 0).length,
      3 * WITHIN,
    );
    const from = nodeRed!.lines.length;
    await die();
    await nodeRed?.waitForLine(new RegExp(`ALARM active ${what}\\.`), WITHIN, from);
    await comeBack();
    await nodeRed?.waitForLine(new RegExp(`ALARM cleared ${what}\\.`), 3 * WITHIN, from);
    const all = told(what, from);
    assert.equal(all.length, 2, all.join('\n'));
  }

  const told = (what: string, from: number): string[] =>
    nodeRed!.lines.slice(from).filter((line) => line.includes(`${what}.`));

  it('the broker', () =>
    alarmed(
      'broker-away the broker',
      () => mosquitto?.kill(),
      () => mosquitto?.start(),
    ));

  it('the network, which refuses', () =>
    alarmed(
      'broker-away the one behind a network',
      () => network?.refuse(),
      () => network?.resume(),
    ));

  it('the network, which goes silent', () =>
    alarmed(
      'broker-away the one behind a network',
      () => network?.stall(),
      () => {
        network?.cut();
        network?.resume();
      },
    ));

  it('a device', async () => {
    const device = await mqtt.connectAsync({ host: '127.0.0.1', port: mosquitto?.port ?? 0 });
    const topic = 'sites/1/devices/INV-001/telemetry';
    const speak = (): Promise<unknown> => device.publishAsync(topic, '{"powerKw":1}', { qos: 1 });
    let talking = setInterval(() => void speak().catch(() => undefined), 200);
    try {
      // It was silent until now.
      await nodeRed?.waitForLine(/ALARM cleared device-silent INV-001\./, WITHIN);
      await alarmed(
        'device-silent INV-001',
        () => clearInterval(talking),
        () => (talking = setInterval(() => void speak().catch(() => undefined), 200)),
      );
    } finally {
      clearInterval(talking);
      await device.endAsync();
    }
  });

  it('the database', () =>
    alarmed(
      'store-away the database',
      () => cable?.refuse(),
      () => cable?.resume(),
    ));
});
