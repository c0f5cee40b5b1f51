import { memory, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { shownLosses } from '../../support/shown-losses.js';
import { until } from '../../support/wait.js';

/** A name that no other test of this process has, so that what it loses is known by it. */
const named = (name: string, type: string, more: object = {}): FlowNode => ({
  ...{
    id: name,
    name: `losses ${name}`,
    type,
    broker: 'broker',
    contract: 'ecogrid-ems',
    dialect: 'documented',
  },
  wires: [[], []],
  ...more,
});
const device = named('device', 'gridwire-publish', { contract: '', topic: '', wires: [[]] });

describe('losses in nodes', () => {
  const flows = useFlows();
  const { shown } = shownLosses();
  const send = (topic: string, payload: unknown): void => flows.node('device').receive({ topic, payload });
  const telemetry = 'sites/1/devices/INV-001/telemetry';
  const subscribe = (more: object = {}): FlowNode =>
    named('subscribe', 'gridwire-subscribe', { filter: 'sites/#', eventType: '', qos: '1', ...more });

  it('L22 an event that publish refuses by its contract', async () => {
    await flows.load([
      memory,
      named('publish', 'gridwire-publish', { eventType: 'telemetry', parameters: [] }),
    ]);
    flows.node('publish').receive({ payload: { powerKw: 'high' } });
    await shown('events-refused SCHEMA_VIOLATION');
  });

  it('L23 an event without a value that its topic needs', async () => {
    await flows.load([
      memory,
      named('publish', 'gridwire-publish', { eventType: 'telemetry', parameters: [] }),
    ]);
    flows.node('publish').receive({ payload: { powerKw: 1 } });
    await shown('events-refused PARAMETER_MISSING');
  });

  it('L24 a message that is none of the contract, and nobody takes what is refused', async () => {
    await flows.load([memory, device, subscribe()]);
    send(telemetry, 'nonsense');
    await shown('events-refused BODY_NOT_JSON');
  });

  it('L25 a message on a topic that the contract does not know', async () => {
    await flows.load([memory, device, subscribe()]);
    send('sites/1/weather', { powerKw: 1 });
    await shown('events-refused TOPIC_UNKNOWN');
  });

  it('L26 an event whose flow fails as often as the contract allows', async () => {
    const retry = { settleTimeout: '30' };
    await flows.load([
      memory,
      device,
      subscribe({ ...retry, wires: [['fails'], []] }),
      { id: 'fails', type: 'helper' },
    ]);
    flows.node('fails').on('input', (_message, _send, done) => done(new Error('It does not work.')));
    send(telemetry, { powerKw: 1 });
    await shown('events-refused RETRIES_EXHAUSTED');
  });

  it('L27 a command that comes when its time is over', async () => {
    await flows.load([memory, device, subscribe()]);
    send('sites/1/devices/INV-001/commands', { command: 'setPowerLimit', timestamp: '2020-01-01T00:00:00Z' });
    await shown('events-expired EVENT_EXPIRED');
  });

  it('L28 what a stranger sends where strangers are refused', async () => {
    const registry = { id: 'devices', type: 'gridwire-devices', devices: [], policy: 'reject' };
    const ingest = named('ingest', 'gridwire-ingest', { devices: 'devices', wires: [[], [], []] });
    await flows.load([memory, registry, device, ingest]);
    send('sites/1/devices/NEW-9/telemetry', { powerKw: 1 });
    await shown('events-refused DEVICE_UNKNOWN');
  });

  it('L29 an event that becomes a dead letter', async () => {
    await flows.load([
      memory,
      device,
      // Not what it publishes itself.
      subscribe({ filter: 'sites/+/devices/+/telemetry', wires: [[], ['dlq']] }),
      named('dlq', 'gridwire-dlq', { wires: [['letters']] }),
      { id: 'letters', type: 'helper' },
    ]);
    send(telemetry, 'nonsense');
    await until('the letter is out', () => flows.received('letters').length === 1);
    await shown('dead-letters BODY_NOT_JSON');
  });
});
