import assert from 'node:assert/strict';
import { Contract } from '../../../src/contracts/contract.js';
import { builtInContract } from '../../../src/contracts/library/built-in.js';
import type { GridwireEvent, InboundMessage } from '../../../src/event.js';
import { DEFAULT_REGISTRY_OPTIONS, DeviceRegistry } from '../../../src/telemetry/device-registry.js';
import { TelemetryIngest } from '../../../src/telemetry/ingest.js';

const now = Date.UTC(2026, 0, 15, 10, 30);
const MAC = 'AA:BB:CC:DD:EE:01';
const at = (second: number): string => new Date(now + second * 1000).toISOString();

function setUp(dialect: string): (kind: string, document: object) => GridwireEvent[] {
  const contract = new Contract(builtInContract('battery-hawk'), { dialect });
  const registry = new DeviceRegistry([{ serialNumber: MAC, id: 7, type: 'BM6' }], {
    ...DEFAULT_REGISTRY_OPTIONS,
    policy: 'reject',
  });
  const ingest = new TelemetryIngest(contract, registry);
  return (kind, document) => {
    const topic = contract.type(kind).topic.render({ mac: MAC.toLowerCase().replaceAll(':', '-') });
    const body = Buffer.from(JSON.stringify({ device_id: MAC, ...document }));
    const message: InboundMessage = {
      ...{ topic, body, qos: 1, retain: false, headers: {}, receivedAt: now + 60_000, redelivered: false },
    };
    const result = ingest.process(message, () => assert.fail('held'));
    return result.kind === 'events' ? result.events : [];
  };
}

for (const dialect of ['documented', 'publisher', 'deployed']) {
  describe(`telemetry ingest (Battery Hawk, ${dialect})`, () => {
    it('hands readings on as they are, with what the registry knows and the device does not say', () => {
      const take = setUp(dialect);
      const [event] = take('reading', { timestamp: at(0), voltage: 12.6, extra: { rssi: -60 } });
      assert.equal(event?.type, 'reading');
      const { device_type, voltage, extra, device_id, timestamp } = event.envelope;
      assert.deepEqual(
        { device_type, voltage, extra, device_id, timestamp },
        { device_type: 'BM6', voltage: 12.6, extra: { rssi: -60 }, device_id: MAC, timestamp: at(0) },
      );
      assert.equal(event.time, now);
      const [own] = take('reading', { timestamp: at(1), voltage: 12.6, device_type: 'BM2' });
      assert.equal(own?.envelope['device_type'], 'BM2');
    });

    it('tells changes of connection only, by the time of the status', () => {
      const take = setUp(dialect);
      const told = (second: number, connected: boolean): unknown[] =>
        take('status', { timestamp: at(second), connected }).map(({ envelope }) => envelope['connected']);
      assert.deepEqual(told(10, true), [true]);
      assert.deepEqual(told(20, true), []);
      assert.deepEqual(told(30, false), [false]);
      assert.deepEqual(told(25, true), []);
      assert.deepEqual(told(40, true), [true]);
    });

    it('tells that a monitor is connected again when it measures again', () => {
      const take = setUp(dialect);
      take('status', { timestamp: at(10), connected: false, error_message: 'Connection timeout' });
      const late = take('reading', { timestamp: at(5), voltage: 12.5 });
      assert.deepEqual(
        late.map(({ type }) => type),
        ['reading'],
      );
      const [reading, status] = take('reading', { timestamp: at(15), voltage: 12.5 });
      assert.deepEqual([reading?.type, status?.type], ['reading', 'status']);
      const { device_id, connected, timestamp, voltage } = status?.envelope ?? {};
      assert.deepEqual(
        { device_id, connected, timestamp, voltage },
        { device_id: MAC, connected: true, timestamp: at(15), voltage: undefined },
      );
    });
  });
}

describe('telemetry ingest', () => {
  it('has dead letters of devices whose events keep their topic where those of the topic are', () => {
    const contract = new Contract(builtInContract('battery-hawk'));
    const ingest = new TelemetryIngest(contract, new DeviceRegistry([]));
    const message = {
      topic: `battery_hawk/device/${MAC}/reading`,
      body: Buffer.from('x'),
    } as unknown as InboundMessage;
    assert.equal(ingest.deadLetterTopic(message), contract.deadLetterTopic(message.topic));
    assert.equal(ingest.filter, 'battery_hawk/device/#');
  });

  it('is refused for a contract that says nothing of devices', () => {
    for (const name of ['celine-dt', 'taylordash', 'powergrid'])
      assert.throws(() => new TelemetryIngest(new Contract(builtInContract(name)), new DeviceRegistry([])), {
        code: 'CONTRACT_INVALID',
      });
  });
});
