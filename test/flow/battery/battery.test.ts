import assert from 'node:assert/strict';
import path from 'node:path';
import { hasLinuxAdapter } from '../../../src/battery/reader/noble-state.js';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import type { Heard } from './battery.program.js';

describe('battery nodes in Node-RED', function () {
  this.timeout(60_000);
  let heard: Heard[];
  const by = (name: string): Heard[] => heard.filter((each) => each.by === name);

  before(async () => {
    heard = await runInNodeRed(path.join(__dirname, 'battery.program.ts'));
  });

  it('the example shows readings of all three families within ten seconds', () => {
    const families = new Set(by('readings').map(({ payload }) => payload['device_type']));
    assert.deepEqual([...families].sort(), ['BM2', 'BM6', 'BM7']);
    for (const { payload } of by('readings')) {
      assert.ok(Number(payload['voltage']) >= 6 && Number(payload['voltage']) <= 20);
      assert.ok(typeof payload['vehicle_id'] === 'string');
    }
  });

  it('the example publishes each kind of event on its documented topic', () => {
    const topics = new Set(by('topics').map(({ topic }) => topic));
    for (const topic of [
      'battery_hawk/device/02:47:57:00:00:01/reading',
      'battery_hawk/device/02:47:57:00:00:01/status',
      'battery_hawk/discovery/found',
      'battery_hawk/vehicle/van/summary',
      'battery_hawk/vehicle/van/device_associated',
    ]) {
      assert.ok(topics.has(topic), `${topic} was not published`);
    }
    assert.ok(by('topics').every(({ code }) => code === undefined));
  });

  it('tells its shutdown to whoever is still on the broker', () => {
    assert.equal(by('outside')[0]?.payload['status'], 'shutting_down');
  });

  it('summaries count the devices of a vehicle and grade its health', () => {
    const [last] = by('vehicle summaries').filter(({ payload }) => payload['connected_devices'] === 2);
    assert.equal(last?.payload['total_devices'], 2);
    assert.equal(last.payload['overall_health'], 'excellent');
  });

  it('a history comes as one message, oldest first', () => {
    const { payload } = by('records')[0]!;
    const times = (payload['records'] as { timestamp: string }[]).map(({ timestamp }) => timestamp);
    assert.equal(times.length, 20);
    assert.deepEqual([...times].sort(), times);
  });

  it('a poll gives a status and a reading', () => {
    const [status, reading] = by('polled');
    assert.equal(status?.payload['connected'], true);
    assert.equal(reading?.payload['device_id'], '02:47:57:00:00:06');
    const latest = status.payload['latest_reading'] as Record<string, unknown>;
    assert.deepEqual(
      [latest['voltage'], latest['timestamp']],
      [reading.payload['voltage'], reading.payload['timestamp']],
    );
  });

  it('gives a status after every reading where it is asked to, with the reading in it', () => {
    const told = by('connection changes').filter(({ payload }) => payload['latest_reading'] !== undefined);
    const fresh = told.filter(({ payload: { latest_reading, timestamp } }) => {
      return (latest_reading as { timestamp: string }).timestamp === timestamp;
    });
    assert.ok(fresh.length > 2);
    for (const { payload } of fresh)
      assert.ok((payload['latest_reading'] as { voltage: number }).voltage >= 6);
  });

  it('counts a disconnected device out though its status has a voltage, and moves one that reports another vehicle', () => {
    assert.deepEqual(
      by('report summaries').map(({ payload }) => [
        ...[payload['vehicle_id'], payload['total_devices'], payload['connected_devices']],
        payload['average_voltage'],
      ]),
      [
        ['van', 1, 1, 12.6],
        ['van', 1, 0, null],
        ['van', 1, 1, 12.6],
        ['van', 0, 0, null],
        ['boat', 1, 1, 12.6],
      ],
    );
  });

  it('says by its status that there is no adapter, and the rest goes on', function () {
    if (process.platform !== 'linux' || hasLinuxAdapter()) {
      console.log('      skipped: it needs a Linux machine without a Bluetooth adapter');
      this.skip();
    }
    const shown = by('status').map(({ code = '' }) => code);
    assert.ok(shown.includes('gridwire.status.error'), shown.join());
  });

  it('refuses what it cannot do with a code for catch nodes', () => {
    const codes = by('caught').map(({ code }) => code);
    assert.ok(codes.includes('IDENTIFIER_ILLEGAL'), 'a device that is no address');
    assert.ok(codes.includes('SETTING_INVALID'), 'a node with wrong settings');
    assert.ok(codes.includes('NOT_SUPPORTED'), 'input to a mode that takes none');
  });
});
