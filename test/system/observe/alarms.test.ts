import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import mqtt from 'mqtt';
import type { HealthReport } from '../../../src/observe/health/report.js';
import { ServiceUnavailable, startPostgreSql, type PostgreSql } from '../../../scripts/services/index.js';
import { mqttBroker } from '../../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/wait.js';

/** As an operator is promised. */
const WITHIN = 10_000;
/** Makes the disk of the process as full as a file says: a real one that is small only root can make. */
const DISK = path.resolve(__dirname, '../../support/disk-as-told.cjs');

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
      ...{ port: String(database), database: 'gridwire' },
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
  let wayToDatabase: TcpProxy | undefined;
  let folder = '';
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
    wayToDatabase = await startTcpProxy({ port: Number(new URL(postgres.url).port) });
    folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-alarms-'));
    diskIsFull(0.5);
    nodeRed = await NodeRedProcess.start({
      flows: flow(mosquitto.port, network.port, wayToDatabase.port),
      env: { NODE_OPTIONS: `--require ${DISK}`, DISK_AS_TOLD: path.join(folder, 'disk') },
    });
    await nodeRed.waitForLine(/gridwire-broker:the broker\] Connected/);
    await nodeRed.waitForLine(/gridwire-broker:the one behind a network\] Connected/);
    await nodeRed.waitForLine(/gridwire-store:the database\] .*open/i);
  });
  after(async () => {
    await nodeRed?.stop();
    await network?.stop();
    await wayToDatabase?.stop();
    await postgres?.stop();
    await mosquitto?.stop();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  /** @param share 0 to 1 */
  function diskIsFull(share: number): void {
    const [told, next] = [path.join(folder, 'disk'), path.join(folder, 'next')];
    writeFileSync(next, String(share));
    renameSync(next, told);
  }

  /** What the health says of one subject. */
  async function problem(what: string): Promise<{ report: HealthReport; text: string | undefined }> {
    const report = (await (await fetch(new URL('gridwire/health', nodeRed!.url))).json()) as HealthReport;
    return { report, text: report.problems.find(({ name, subject }) => `${name} ${subject}` === what)?.text };
  }

  /**
   * One alarm is told as active once within ten seconds, the health says why by then, and both are over by themselves when
   * the part is back.
   * @param why what the health says is to be done
   */
  async function alarmed(
    what: string,
    why: { status: HealthReport['status']; text: RegExp },
    die: () => unknown,
    comeBack: () => unknown,
  ): Promise<void> {
    // The death of one part may have been felt behind another, which recovers a moment later.
    await until(
      `${what} is over`,
      () => told(`active ${what}`, 0).length === told(`cleared ${what}`, 0).length,
      3 * WITHIN,
    );
    const from = nodeRed!.lines.length;
    await die();
    await nodeRed?.waitForLine(new RegExp(`ALARM active ${what}\\.`), WITHIN, from);
    const { report, text } = await problem(what);
    assert.match(text ?? 'nothing', why.text);
    assert.equal(report.status, why.status);
    assert.equal(report.ready, why.status !== 'unhealthy');
    await comeBack();
    await nodeRed?.waitForLine(new RegExp(`ALARM cleared ${what}\\.`), 3 * WITHIN, from);
    const all = told(what, from);
    assert.equal(all.length, 2, all.join('\n'));
    assert.equal((await problem(what)).text, undefined);
  }

  const told = (what: string, from: number): string[] =>
    nodeRed!.lines.slice(from).filter((line) => line.includes(`${what}.`));

  it('the broker', () =>
    alarmed(
      'broker-away the broker',
      { status: 'unhealthy', text: /\(BROKER_UNREACHABLE\).*look at the broker/ },
      () => mosquitto?.kill(),
      () => mosquitto?.start(),
    ));

  it('the network, which refuses', () =>
    alarmed(
      'broker-away the one behind a network',
      { status: 'unhealthy', text: /not connected \([A-Z_]+\).*look at the broker, the network/ },
      () => network?.refuse(),
      () => network?.resume(),
    ));

  it('the network, which goes silent', () =>
    alarmed(
      'broker-away the one behind a network',
      { status: 'unhealthy', text: /not connected \([A-Z_]+\).*look at the broker, the network/ },
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
        { status: 'degraded', text: /INV-001 of the fleet was last heard at 20.*its power and its network/ },
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
      {
        status: 'unhealthy',
        text: /the database cannot be used \(STORE_UNAVAILABLE\).*look at .*the database/,
      },
      () => postgres?.crash(),
      () => postgres?.startAgain(),
    ));

  it('the database, which hangs', () =>
    alarmed(
      'store-away the database',
      { status: 'unhealthy', text: /the database is open and has not answered for \d+ s\..*hangs/ },
      () => wayToDatabase?.stall(),
      () => wayToDatabase?.resume(),
    ));

  it('the disk', () =>
    alarmed(
      'disk-full disk',
      { status: 'degraded', text: /The disk is 85 % full\. Make room/ },
      () => diskIsFull(0.85),
      () => diskIsFull(0.5),
    ));
});
