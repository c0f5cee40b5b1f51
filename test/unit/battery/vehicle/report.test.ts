import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { parseReport } from '../../../../src/battery/vehicle/report.js';

const READING = { device_id: '50:54:7B:22:2F:20', timestamp: '2026-01-01T00:00:00.000Z', voltage: 12.6 };

describe('parseReport', () => {
  it('takes what a summary needs and leaves the rest', () => {
    assert.deepEqual(parseReport({ ...READING, vehicle_id: 'van', extra: {}, __proto__: { voltage: 1 } }), {
      ...READING,
      vehicle_id: 'van',
    });
  });

  it('reads the seconds a running Battery Hawk sends', () => {
    assert.equal(parseReport({ ...READING, timestamp: 1767225600 }).timestamp, READING.timestamp);
  });

  it('writes addresses in one form, so that a device is counted once', () => {
    assert.equal(parseReport({ ...READING, device_id: '50-54-7b-22-2f-20' }).device_id, READING.device_id);
  });

  for (const [what, payload, code] of [
    ['no object', 'text', 'SCHEMA_VIOLATION'],
    ['no device', { timestamp: READING.timestamp }, 'IDENTIFIER_ILLEGAL'],
    ['a vehicle id that would change a topic', { ...READING, vehicle_id: 'a/b' }, 'IDENTIFIER_ILLEGAL'],
    ['the year 1', { ...READING, timestamp: '0001-01-01T00:00:00Z' }, 'TIME_INVALID'],
    ['an uptime', { ...READING, timestamp: 4711 }, 'TIME_INVALID'],
    ['zero', { ...READING, timestamp: 0 }, 'TIME_INVALID'],
    ['neither a reading nor a status', { ...READING, voltage: null, vehicle_id: 'van' }, 'SCHEMA_VIOLATION'],
    ['no time', { ...READING, timestamp: 'soon' }, 'TIME_INVALID'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parseReport(payload), { code });
    });
  }

  for (const [member, value] of [
    ['voltage', '12'],
    ['voltage', NaN],
    ['voltage', Infinity],
    ['voltage', 12n],
    ['current', []],
    ['capacity', {}],
    ['state_of_charge', true],
    // It would become a reading, and the device connected.
    ['connected', 'false'],
    ['connected', 0],
    ['device_type', 6],
  ] as const) {
    it(`refuses ${inspect(value)} for ${member}, and does not leave it out in silence`, () => {
      assert.throws(() => parseReport({ ...READING, [member]: value }), { code: 'SCHEMA_VIOLATION' });
    });
  }

  it('takes null for not known, as Python writes it', () => {
    const nothing = { vehicle_id: null, device_type: null, connected: null, current: null, capacity: null };
    assert.deepEqual(parseReport({ ...READING, ...nothing }), READING);
  });

  it('refuses a report from the future, which would silence its device', () => {
    const now = Date.UTC(2026, 0, 1);
    const at = (timestamp: unknown): unknown =>
      parseReport({ device_id: 'AA:BB:CC:DD:EE:FF', timestamp, voltage: 12 }, now).timestamp;
    assert.equal(at(now + 4 * 60_000), '2026-01-01T00:04:00.000Z');
    for (const timestamp of ['2069-12-31T00:00:00Z', now + 6 * 60_000, 9e15, 8.64e15])
      assert.throws(() => at(timestamp), { code: 'TIME_INVALID' });
  });
});
