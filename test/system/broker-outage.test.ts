import assert from 'node:assert/strict';
import { mqttBroker } from '../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../support/mosquitto.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { until } from '../support/wait.js';

const COUNT = 200;

/** A flow that sends numbered events, and logs how each one ended: acknowledged, or caught with its code. */
function flow(port: number, outboxCount: number): FlowNode[] {
  const z = 'tab';
  const log = (id: string, word: string): FlowNode => ({
    id,
    type: 'function',
    z,
    x: 0,
    y: 0,
    func: `node.log('${word} ' + msg.payload.powerKw + ' ' + (msg.error ? msg.error.code : 'ok'));`,
    wires: [[]],
  });
  return [
    { id: 'tab', type: 'tab' },
    mqttBroker('broker', port),
    { id: 'inject', type: 'inject', z, x: 0, y: 0, props: [], wires: [['source']] },
    {
      id: 'source',
      type: 'function',
      z,
      x: 0,
      y: 0,
      func: `for (let n = 0; n < ${COUNT}; n += 1) node.send({ payload: { powerKw: n }, parameters: { siteId: 1, serialNumber: 'INV-001' } });`,
      wires: [['publish']],
    },
    {
      id: 'publish',
      type: 'gridwire-publish',
      z,
      x: 0,
      y: 0,
      broker: 'broker',
      contract: 'ecogrid-ems',
      eventType: 'telemetry',
      outboxCount: String(outboxCount),
      wires: [['sent']],
    },
    log('sent', 'ended'),
    { id: 'catcher', type: 'catch', z, x: 0, y: 0, scope: null, wires: [['caught']] },
    log('caught', 'ended'),
  ];
}

describe('publishing while the broker is down (Mosquitto)', function () {
  this.timeout(90_000);
  let mosquitto: CrashableMosquitto | undefined;
  let nodeRed: NodeRedProcess | undefined;

  before(async function () {
    mosquitto = await startMosquitto(this);
  });
  afterEach(async () => {
    await nodeRed?.stop();
  });
  after(() => mosquitto?.stop());

  /** Runs the flow across an outage; returns how each event ended, in order. */
  async function throughOutage(outboxCount: number, waiting: number): Promise<string[]> {
    const { port } = mosquitto!;
    nodeRed = await NodeRedProcess.start({ flows: flow(port, outboxCount) });
    await nodeRed.waitForLine(/Connected/);
    await mosquitto!.kill();
    await nodeRed.waitForLine(/cannot be reached|was lost|closed/i);
    await nodeRed.admin.inject('inject');
    const ended = (): string[] => nodeRed!.lines.flatMap((line) => /ended (\d+ \w+)$/.exec(line)?.[1] ?? []);
    await until('what does not fit has failed', () => ended().length === COUNT - waiting, 20_000);

    await mosquitto!.start();
    await until('every event has ended', () => ended().length === COUNT, 30_000);
    return ended();
  }

  it('keeps what fits and delivers it in order when the broker is back', async () => {
    const ended = await throughOutage(10_000, COUNT);
    assert.deepEqual(
      ended,
      Array.from({ length: COUNT }, (_, n) => `${n} ok`),
    );
  });

  it('gives what does not fit to the catch node, at once and each exactly once', async () => {
    const ended = await throughOutage(50, 50);
    const numbers = ended.map((line) => Number(line.split(' ')[0]));
    assert.equal(new Set(numbers).size, COUNT);
    assert.deepEqual(
      ended.slice(0, COUNT - 50),
      Array.from({ length: COUNT - 50 }, (_, n) => `${n + 50} OUTBOX_FULL`),
    );
    assert.deepEqual(
      ended.slice(COUNT - 50),
      Array.from({ length: 50 }, (_, n) => `${n} ok`),
    );
  });
});
