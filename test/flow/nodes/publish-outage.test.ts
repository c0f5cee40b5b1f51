import assert from 'node:assert/strict';
import { statusBoardOf } from '../../../nodes/runtime/status-board.js';
import { freePort } from '../../../scripts/services/service.js';
import { settled, useFlows } from '../../support/flow-helper.js';
import { mqttBroker } from '../../support/flows.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { ScriptedMqttServer } from '../../support/scripted-mqtt-server.js';
import { until } from '../../support/wait.js';

const publish = (more: Record<string, unknown> = {}): FlowNode => ({
  id: 'publish',
  type: 'gridwire-publish',
  broker: 'broker',
  contract: 'ecogrid-ems',
  eventType: 'telemetry',
  wires: [['out']],
  ...more,
});
const out: FlowNode = { id: 'out', type: 'helper' };
const event = (powerKw: number) => ({
  payload: { powerKw },
  parameters: { siteId: 1, serialNumber: 'INV-001' },
});

describe('gridwire-publish through trouble', function () {
  this.timeout(30_000);
  const flows = useFlows();
  let server: ScriptedMqttServer | undefined;
  let shown: string[] = [];

  const listen = async (script: ScriptedMqttServer['script']): Promise<FlowNode> => {
    server = new ScriptedMqttServer(5, script);
    await server.start();
    return mqttBroker('broker', server.port, { protocolVersion: '5' });
  };
  const load = async (flow: FlowNode[]): Promise<void> => {
    await flows.load([...flow, out]);
    shown = [];
    flows.node('publish').status = (status) =>
      void shown.push(typeof status === 'string' ? status : (status.text ?? ''));
  };

  afterEach(async () => {
    await server?.stop();
    server = undefined;
  });

  it('does not count lost connections against the retries of an event that the broker then refuses', async () => {
    let asked = 0;
    const broker = await listen({
      puback: () => {
        asked += 1;
        if (asked <= 4) {
          server?.connections.at(-1)?.drop();
          return undefined;
        }
        return asked === 5 ? 0x87 : 0;
      },
    });
    await load([broker, publish()]);
    flows.node('publish').receive(event(1));
    await until('the event has ended', () => flows.endsOf('publish').length === 1, 20_000);
    assert.deepEqual([flows.endsOf('publish'), asked], [[undefined], 6]);
  });

  it('fails what the broker refuses for good at once, with its code', async () => {
    const broker = await listen({ puback: () => 0x95 });
    await load([broker, publish()]);
    flows.node('publish').receive(event(1));
    assert.deepEqual(await settled(() => flows.endsOf('publish'), 1), ['BODY_TOO_LARGE']);
  });

  it('says what waits and why: a broker that is away, one that fails, and then that all is well', async () => {
    let quota = true;
    const broker = await listen({ puback: () => (quota ? 0x97 : 0) });
    await load([broker, publish()]);
    flows.node('publish').receive(event(1));
    await until(
      'the broker is said to fail',
      () => shown.some((text) => /broker-failing/.test(text)),
      10_000,
    );
    assert.deepEqual(flows.endsOf('publish'), []);
    quota = false;
    await until('the event has gone', () => flows.endsOf('publish').length === 1, 10_000);
    await until('all is said to be well', () => /status\.sent$/.test(shown.at(-1) ?? ''));

    await server!.stop();
    server = undefined;
    await until('the connection is lost', () => /disconnected|connecting/.test(shown.at(-1) ?? ''));
    flows.node('publish').receive(event(2));
    await until('one is said to wait', () => /status\.waiting-why$/.test(shown.at(-1) ?? ''));
  });

  it('goes on saying that events were given up when the oldest had to go', async () => {
    const port = await freePort();
    await load([mqttBroker('broker', port), publish({ outboxCount: '1', whenFull: 'drop-oldest' })]);
    for (const power of [1, 2, 3]) flows.node('publish').receive(event(power));
    assert.deepEqual(await settled(() => flows.endsOf('publish'), 2), ['OUTBOX_DROPPED', 'OUTBOX_DROPPED']);
    server = new ScriptedMqttServer(4);
    await server.start(port);
    await until('the last one has gone', () => flows.endsOf('publish').length === 3, 10_000);
    await until('the loss is shown', () => /given-up/.test(shown.at(-1) ?? ''));
  });

  it('says how many a full outbox refused until somebody has looked, though it has long had room again', async () => {
    let acknowledges = false;
    const broker = await listen({ puback: () => (acknowledges ? 0 : undefined) });
    await load([broker, publish({ outboxCount: '2' })]);
    for (let n = 0; n < 5; n += 1) flows.node('publish').receive(event(n));
    await until('three are refused', () => flows.endsOf('publish').length === 3);
    await until('the others are on their way', () => server?.connections.length === 1);
    acknowledges = true;
    server?.connections.at(-1)?.drop();
    await until('the others are sent', () => flows.endsOf('publish').length === 5, 20_000);
    const board = statusBoardOf(flows.runtime());
    const troubles = () => board.of('publish')?.troubles.map(({ text, code }) => [text, code]);
    assert.deepEqual(troubles(), [['gridwire.status.refused', 'OUTBOX_FULL']]);
    board.seen('publish');
    assert.deepEqual(troubles(), []);
  });
});
