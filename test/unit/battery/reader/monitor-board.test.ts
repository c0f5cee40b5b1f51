import assert from 'node:assert/strict';
import { MonitorBoard } from '../../../../src/battery/reader/monitor-board.js';
import { readingFromLink, statusOf } from '../../../../src/battery/reader/reading.js';
import { GridwireError } from '../../../../src/errors.js';
import { facts } from '../../../../src/observe/facts/facts.js';
import { reportStanding } from '../../../../src/observe/facts/standings.js';
import { Metrics } from '../../../../src/observe/metrics/metrics.js';
import { ManualClock } from '../../../support/manual-clock.js';

const VAN = { address: '02:00:00:00:00:01', vehicleId: 'van' };
const BOAT = { address: '02:00:00:00:00:02' };
const MINUTE = 60_000;

describe('what is remembered of battery monitors', () => {
  let clock: ManualClock;
  let board: MonitorBoard;
  beforeEach(() => {
    clock = new ManualClock();
    board = new MonitorBoard([VAN, BOAT], clock);
  });

  const read = (device = VAN, voltage = 12.6): void => {
    const measurement = { voltage, stateOfCharge: 80, temperature: 21, unconfirmed: {} };
    board.read(readingFromLink(device, 'BM6', measurement, -60));
  };
  const of = (device: { address: string }) => board.all.find((each) => each.device === device.address)!;

  it('is nothing before one was tried', () => {
    assert.deepEqual(of(BOAT), { device: BOAT.address, connected: undefined, past: [] });
    assert.deepEqual(board.summary, { known: 2, connected: 0, age: undefined });
  });

  it('is the last reading, whether it can be reached, and why not', async () => {
    read();
    const { last, connected, family, vehicle, signal } = of(VAN);
    assert.deepEqual(last, { at: clock.wall(), voltage: 12.6, charge: 80, temperature: 21 });
    assert.deepEqual(
      { connected, family, vehicle, signal },
      { connected: true, family: 'BM6', vehicle: 'van', signal: -60 },
    );
    const error = new GridwireError('MONITOR_LINK_LOST', 'The link was lost.');
    board.changed(statusOf(VAN, { connected: false, error }));
    assert.deepEqual(
      [of(VAN).connected, of(VAN).error, of(VAN).last?.voltage],
      [false, 'MONITOR_LINK_LOST', 12.6],
    );
    board.changed(statusOf(BOAT, { connected: false, stale: true }));
    assert.equal(of(BOAT).error, 'MONITOR_SILENT');
    await clock.pass(MINUTE);
    assert.deepEqual(board.summary, { known: 2, connected: 0, age: 60 });
    read();
    assert.deepEqual([of(VAN).connected, of(VAN).error, board.summary.age], [true, undefined, 0]);
  });

  it('goes back to the beginning however long that is, in so many points and no more', async () => {
    for (let second = 0; second < 12_000; second += 10) {
      read(VAN, 12 + second / 12_000);
      await clock.pass(10_000);
    }
    const { past, last } = of(VAN);
    assert.ok(past.length > 100 && past.length <= 240, `${past.length}`);
    assert.equal(past[0]?.voltage, 12);
    const gaps = new Set(past.slice(1).map(({ at }, index) => at - past[index]!.at));
    assert.equal(gaps.size, 1, 'evenly, so that a chart of it does not lie');
    assert.ok(last!.at - past.at(-1)!.at < [...gaps][0]!);
  });

  it('is counted in the metrics: who can be reached, the age of what they said, attempts that failed', async () => {
    const place = { node: 'garage' };
    const unreport = reportStanding(() => ({ of: 'monitors', place, ...board.summary }));
    const metrics = new Metrics();
    try {
      read();
      await clock.pass(MINUTE);
      facts.reading.tell({ place });
      facts.reading.tell({ place, code: 'MONITOR_UNREACHABLE' });
      const text = metrics.text();
      for (const line of [
        'gridwire_battery_monitors{node="garage",state="connected"} 1',
        'gridwire_battery_monitors{node="garage",state="away"} 1',
        'gridwire_battery_reading_age_seconds{node="garage"} 60',
        'gridwire_battery_readings_total{node="garage",reason=""} 1',
        'gridwire_battery_readings_total{node="garage",reason="MONITOR_UNREACHABLE"} 1',
      ])
        assert.ok(text.includes(`${line}\n`), `${line} is not in\n${text}`);
    } finally {
      metrics.close();
      unreport();
    }
  });
});
