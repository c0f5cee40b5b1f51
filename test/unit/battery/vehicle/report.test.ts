import assert from 'node:assert/strict';
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
    ['no time', { ...READING, timestamp: 'soon' }, 'TIME_INVALID'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => parseReport(payload), { code });
    });
  }

  it('does not take a voltage that is no number', () => {
    assert.equal(parseReport({ ...READING, voltage: '12' }).voltage, undefined);
    assert.equal(parseReport({ ...READING, voltage: NaN }).voltage, undefined);
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
