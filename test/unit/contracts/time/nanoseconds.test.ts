import assert from 'node:assert/strict';
import type { ContractData } from '../../../../src/contracts/contract-data.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { contracts } from '../../../../src/contracts/library/built-in.js';
import { parseReport } from '../../../../src/battery/vehicle/report.js';
import type { InboundMessage, JsonObject } from '../../../../src/event.js';
import { DeviceRegistry } from '../../../../src/telemetry/device-registry.js';
import { TelemetryIngest } from '../../../../src/telemetry/ingest.js';
import { inbound, refusal } from '../helpers/check.js';

const MOMENT = Date.parse('2024-11-29T17:06:40.123Z');
const NANOSECONDS = '1732900000123456789';
const IN_ISO = '2024-11-29T17:06:40.123456789Z';

const DEVICE = '50:54:7B:22:2F:20';
const battery = new Contract(contracts['battery-hawk'] as ContractData);
const ecogrid = new Contract(contracts['ecogrid-ems'] as ContractData);

/** A message as a device writes it: numbers of that length are no numbers of JavaScript. */
function written(topic: string, text: string): InboundMessage {
  return { ...inbound(topic, {}), body: Buffer.from(text), receivedAt: MOMENT };
}

const reading = (timestamp: string, more = ''): InboundMessage =>
  written(
    `battery_hawk/device/${DEVICE}/reading`,
    `{"device_id":"${DEVICE}","timestamp":${timestamp},"voltage":12.6${more}}`,
  );
const telemetry = (timestamp: string, more = ''): InboundMessage =>
  written('sites/7/devices/INV-1/telemetry', `{"powerKw":5,"timestamp":${timestamp}${more}}`);

describe('nanoseconds since 1970', () => {
  for (const [name, contract, message] of [
    ['Battery Hawk', battery, reading],
    ['EcoGrid', ecogrid, telemetry],
  ] as const) {
    it(`${name}: a number is read to the digit, and handed on as ISO 8601 with all nine`, () => {
      const event = contract.parse(message(NANOSECONDS));
      assert.equal(event.time, MOMENT);
      assert.equal((event.payload as JsonObject)['timestamp'], IN_ISO);
    });

    it(`${name}: one that a double holds is handed on in the same way as all the others`, () => {
      const event = contract.parse(message('1732900000123000064'));
      assert.equal((event.payload as JsonObject)['timestamp'], '2024-11-29T17:06:40.123000064Z');
    });

    it(`${name}: seconds with nine decimals, as Java writes an Instant`, () => {
      const event = contract.parse(message('1732900000.123456789'));
      assert.equal(event.time, MOMENT);
      assert.equal((event.payload as JsonObject)['timestamp'], IN_ISO);
    });

    it(`${name}: a text of digits means what the number means, and stays that text`, () => {
      for (const digits of [
        '1732900000',
        '1732900000.123',
        '1732900000123',
        '1732900000123456',
        NANOSECONDS,
      ]) {
        const event = contract.parse(message(`"${digits}"`));
        assert.equal(event.time, digits === '1732900000' ? MOMENT - 123 : MOMENT, digits);
        assert.equal((event.payload as JsonObject)['timestamp'], digits);
      }
    });

    it(`${name}: any other number is handed on as it came`, () => {
      for (const number of [1732900000, 1732900000123, 1732900000123456, 1732900000.1234567]) {
        const event = contract.parse(message(String(number)));
        assert.equal((event.payload as JsonObject)['timestamp'], number);
      }
    });

    it(`${name}: a number that is no time is refused as before, beside one and without one`, () => {
      const refused = [
        message(NANOSECONDS, `,"extra":{"meter":${NANOSECONDS}}`),
        message(`[${NANOSECONDS}]`),
      ];
      for (const each of refused)
        assert.match(refusal(() => contract.parse(each)).code, /NUMBER_INEXACT|SCHEMA_VIOLATION/);
      const { code } = refusal(() => contract.parse(message('5', `,"extra":{"meter":${NANOSECONDS}}`)));
      assert.match(code, /NUMBER_INEXACT|TIME_INVALID/);
    });
  }

  it('never takes a millisecond that has not come yet', () => {
    const [late] = ['1732900000123999999', '"1732900000123999999"'].map(
      (time) => ecogrid.parse(telemetry(time)).time,
    );
    assert.equal(late, MOMENT);
  });

  it('refuses digits that are no time: a date without hyphens, an uptime, a serial number', () => {
    for (const digits of ['20251004', '20251004101500', '20251004101500123', '4711', '9999999999999999999'])
      assert.equal(refusal(() => ecogrid.parse(telemetry(`"${digits}"`))).code, 'TIME_INVALID', digits);
  });

  it('refuses them where a contract takes numbers only, and says so', () => {
    const data = contracts['battery-hawk'] as ContractData;
    const types = {
      one: {
        ...(data.types['device-reading'] ?? Object.values(data.types)[0]),
        topic: 'one',
        payload: { type: 'object', properties: { at: { type: 'number' } } },
      },
    } as unknown as ContractData['types'];
    const envelope = { schema: { type: 'object' }, payloadMember: '', timePointer: '/at', members: {} };
    const numbers = new Contract({ ...data, prefix: '', parameters: {}, dialects: {}, envelope, types });
    assert.equal(
      refusal(() => numbers.parse(written('one', `{"at":${NANOSECONDS}}`))).code,
      'NUMBER_INEXACT',
    );
    const { payload, time } = numbers.parse(written('one', '{"at":1732900000123000000}'));
    assert.equal((payload as JsonObject)['at'], 1732900000123000000);
    assert.equal(time, MOMENT);
  });

  it('ingest hands the device on with its own nine digits, and tells the event by its millisecond', () => {
    const registry = new DeviceRegistry([]);
    const ingest = new TelemetryIngest(ecogrid, registry);
    const result = ingest.process(telemetry(NANOSECONDS), () => undefined);
    const [event] = result.kind === 'events' ? result.events : [];
    assert.deepEqual((event?.payload as JsonObject)['telemetryData'], { powerKw: 5, timestamp: IN_ISO });
    assert.equal((event?.payload as JsonObject)['timestamp'], '2024-11-29T17:06:40.123Z');
  });

  it('what was read can be written, and read again', () => {
    const event = battery.parse(reading(NANOSECONDS));
    const again = battery.parse({ ...reading('0'), body: battery.serialise(event).body });
    assert.deepEqual(again.payload, event.payload);
    assert.equal(again.time, MOMENT);
  });

  it('vehicle summary reads the same texts', () => {
    const { timestamp } = parseReport({ device_id: DEVICE, timestamp: NANOSECONDS, voltage: 12.6 });
    assert.equal(Date.parse(timestamp), MOMENT);
  });
});
