import assert from 'node:assert/strict';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const OUTPUTS = ['telemetry', 'status', 'rejected', 'alerts'];
const ingest = (more: object): FlowNode => ({
  id: 'ingest',
  type: 'gridwire-ingest',
  broker: 'broker',
  contract: 'ecogrid-ems',
  dialect: 'documented',
  devices: 'devices',
  wires: OUTPUTS.map((id) => [id]),
  ...more,
});
const others: FlowNode[] = [
  memory,
  { id: 'devices', type: 'gridwire-devices', devices: [], policy: 'onboard' },
  {
    id: 'device',
    type: 'gridwire-publish',
    broker: 'broker',
    contract: '',
    topic: 'sites/1/devices/INV-001/telemetry',
    wires: [[]],
  },
  ...OUTPUTS.map((id) => ({ id, type: 'helper' })),
];

describe('alerts of gridwire-ingest', () => {
  const flows = useFlows();
  const load = (more: object, extra: FlowNode[] = []): Promise<void> =>
    flows.load([...others, ...extra, ingest(more)]);
  const measure = (payload: object): void => flows.node('device').receive({ payload });
  const alerts = async (count: number): Promise<string[]> => {
    const messages = (await settled(() => flows.received('alerts'), count)) as GridwireMessage[];
    return messages.map(({ payload }) => {
      const { alertType, severity } = payload as { alertType: string; severity: string };
      return `${alertType} ${severity}`;
    });
  };

  it('come out of an output of their own, once for each threshold that is passed', async () => {
    await load({ alerts: true, alertRules: [] });
    for (const temperature of [79, 81, 82, 95, 96, 79, 81]) measure({ temperature });
    await settled(() => flows.received('telemetry'), 7);
    const high = 'TEMPERATURE_HIGH HIGH';
    assert.deepEqual(await alerts(3), [high, 'TEMPERATURE_HIGH CRITICAL', high]);
    const [first] = flows.received('alerts') as GridwireMessage[];
    assert.equal(first?.topic, 'device-alerts');
    assert.equal(first.event?.type, 'device-alerts');
    assert.equal(first.event.qos, 1);
  });

  it('have the names and thresholds of the service that is chosen', async () => {
    await load({ alerts: true, alertRules: [], alertSet: 'device' });
    measure({ temperature: 46, soc: 19 });
    assert.deepEqual(await alerts(2), ['HIGH_TEMPERATURE HIGH', 'LOW_SOC MEDIUM']);
  });

  it('are none in a flow of an older version, which keeps its three outputs', async () => {
    await load({ wires: OUTPUTS.slice(0, 3).map((id) => [id]) });
    measure({ temperature: 99 });
    measure([] as object);
    await settled(() => flows.received('telemetry'), 1);
    const [rejected] = (await settled(() => flows.received('rejected'), 1)) as GridwireMessage[];
    assert.ok(rejected?.error);
    assert.deepEqual(flows.received('alerts'), []);
  });

  it("follow the panel's thresholds instead of the contract's", async () => {
    const alertRules = [{ type: 'LOW_SOC', member: 'soc', side: 'below', limit: '20', severity: 'LOW' }];
    await load({ alerts: true, alertRules });
    measure({ temperature: 99 });
    measure({ powerKw: 1, soc: 12 });
    assert.deepEqual(await alerts(1), ['LOW_SOC LOW']);
  });

  it('are told again when the flow failed with them and the event is tried again', async () => {
    const wires = OUTPUTS.map((id) => [id === 'alerts' ? 'failing' : id]);
    const failing: FlowNode = { id: 'failing', type: 'helper' };
    await load({ alerts: true, wires }, [failing]);
    const attempts: number[] = [];
    flows.node('failing').removeAllListeners('input');
    flows.node('failing').on('input', (message: GridwireMessage, send, done) => {
      attempts.push(message.attempt ?? 0);
      if (attempts.length === 1) done(new Error('not now'));
      else {
        send([]);
        done();
      }
    });
    measure({ temperature: 99 });
    await settled(() => attempts, 2);
    assert.deepEqual(attempts, [1, 2]);
  });

  it('do not start with a threshold that cannot work', async () => {
    await load({ alerts: true, alertRules: [{ type: 'X', member: 'soc', side: 'below', limit: 'low' }] });
    assert.match(
      flows.logged('ingest', 'error').join('\n'),
      /alertRules: Threshold 1, limit: must be a number/,
    );
  });
});
