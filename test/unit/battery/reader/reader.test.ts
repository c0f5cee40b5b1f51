import assert from 'node:assert/strict';
import { once } from 'node:events';
import { BluetoothHub, type HubOptions } from '../../../../src/battery/reader/hub.js';
import { BatteryReader, type ReaderSettings } from '../../../../src/battery/reader/reader.js';
import type { BatteryReading, BatteryStatus } from '../../../../src/battery/reader/reading.js';
import { DEFAULT_FLEET, type SimulatedMonitor } from '../../../../src/battery/simulator/fleet.js';
import { SimulatedAdapter } from '../../../../src/battery/simulator/simulated-adapter.js';

const [BM6, BM2, BM7] = DEFAULT_FLEET as [SimulatedMonitor, SimulatedMonitor, SimulatedMonitor];
const TIMING = {
  answerMs: 300,
  silenceMs: 2000,
  backoffMs: 5,
  longestBackoffMs: 20,
  leastIntervalMs: 20_000,
};

describe('BatteryReader on simulated monitors', () => {
  let adapter: SimulatedAdapter;
  let hub: BluetoothHub;
  let reader: BatteryReader;

  async function start(
    fleet: readonly SimulatedMonitor[],
    settings: Partial<ReaderSettings> = {},
    options: HubOptions = {},
  ): Promise<void> {
    adapter = new SimulatedAdapter({ fleet, speed: 100, historyRecords: 0 });
    hub = new BluetoothHub(adapter, { sightingMs: 200, ...options });
    await hub.open();
    const devices = fleet.map(({ address }) => ({ address }));
    reader = new BatteryReader(hub, { devices, use: 'hold', timing: TIMING, ...settings });
    reader.start();
  }

  afterEach(async () => {
    await reader.stop();
    await hub.close();
  });

  const nextReading = async (): Promise<BatteryReading> =>
    ((await once(reader, 'reading')) as [BatteryReading])[0];

  async function statusWhere(condition: (status: BatteryStatus) => boolean): Promise<BatteryStatus> {
    for (;;) {
      const [status] = (await once(reader, 'status')) as [BatteryStatus];
      if (condition(status)) return status;
    }
  }

  it('finds out each family and reads all three at once', async () => {
    await start([BM6, BM2, BM7]);
    const readings = new Map<string, BatteryReading>();
    while (readings.size < 3) {
      const reading = await nextReading();
      readings.set(reading.device_id, reading);
    }
    assert.equal(readings.get(BM6.address)?.device_type, 'BM6');
    assert.equal(readings.get(BM2.address)?.device_type, 'BM2');
    assert.equal(readings.get(BM7.address)?.device_type, 'BM7');
    assert.ok((readings.get(BM7.address)?.temperature ?? 0) < 0, 'below zero');
    assert.equal(readings.get(BM2.address)?.temperature, undefined, 'a BM2 has no temperature');
    for (const { voltage } of readings.values()) assert.ok(voltage > 9 && voltage < 15);
  });

  it('polls: reads once, lets the device go, and comes back', async () => {
    await start([BM6], { devices: [{ address: BM6.address, seconds: 0.01 }], use: 'poll' });
    await nextReading();
    // A held device does not advertise, so this proves that the link was given up.
    const release = hub.scan();
    await once(hub, 'advertisement');
    release();
    assert.equal((await nextReading()).device_id, BM6.address);
  });

  it('reads more devices than links are allowed, one after the other', async () => {
    let open = 0;
    let most = 0;
    const poll = [BM6, BM2, BM7].map(({ address }) => ({ address, seconds: 0.01 }));
    await start([BM6, BM2, BM7], { devices: poll, use: 'poll' }, { maximumLinks: 1 });
    const connect = adapter.connect.bind(adapter);
    adapter.connect = async (address) => {
      const link = await connect(address);
      most = Math.max(most, (open += 1));
      link.once('closed', () => (open -= 1));
      return link;
    };
    const seen = new Set<string>();
    while (seen.size < 3) seen.add((await nextReading()).device_id);
    assert.equal(most, 1);
  });

  it('says so when held links leave none for another device', async () => {
    await start([BM6, BM2], {}, { maximumLinks: 1, freeLinkMs: 50 });
    const status = await statusWhere(({ connected }) => !connected);
    assert.match(status.error_message ?? '', /links of the adapter are in use/);
  });

  it('tells a lost link and takes it up again', async () => {
    await start([BM6]);
    await nextReading();
    const lost = statusWhere(({ connected }) => !connected);
    adapter.loseLink(BM6.address);
    assert.equal((await lost).extra.error, 'MONITOR_LINK_LOST');
    await statusWhere(({ connected }) => connected);
    await nextReading();
  });

  it('tells a vanished adapter and goes on when it is back', async () => {
    await start([BM6]);
    await nextReading();
    const lost = statusWhere(({ connected }) => !connected);
    adapter.unplug();
    await lost;
    assert.equal(hub.problem?.code, 'BLUETOOTH_UNAVAILABLE');
    adapter.plugIn();
    await nextReading();
  });

  it('goes on with other devices when one cannot be reached', async () => {
    await start([{ ...BM6, failure: 'absent' }, BM2]);
    const unreachable = await statusWhere(({ connected }) => !connected);
    assert.equal(unreachable.device_id, BM6.address);
    assert.equal(unreachable.error_code, 1001);
    assert.equal(unreachable.extra.error, 'MONITOR_UNREACHABLE');
    assert.equal((await nextReading()).device_id, BM2.address);
  });

  it('tells a state once, and every attempt that fails', async () => {
    await start([{ ...BM6, failure: 'absent' }]);
    let told = 0;
    reader.on('status', () => (told += 1));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const [code] = (await once(reader, 'failure')) as [string];
      assert.equal(code, 'MONITOR_UNREACHABLE');
    }
    assert.equal(told, 1);
  });

  it('skips spoilt frames without inventing a reading', async () => {
    await start([{ ...BM6, failure: 'noise' }]);
    for (let count = 0; count < 10; count += 1) {
      const { voltage } = await nextReading();
      assert.ok(voltage > 9 && voltage < 15);
    }
  });

  it('refuses a device that is of another family than was set', async () => {
    await start([BM6], { devices: [{ address: BM6.address, family: 'BM2' }] }, {});
    const status = await statusWhere(({ connected }) => !connected);
    assert.match(status.extra.error ?? '', /MONITOR_(SILENT|UNREADABLE)/);
  });

  it('reads passively from advertisements, without a link', async () => {
    await start([BM6, BM2], { use: 'advertisements' });
    const reading = await nextReading();
    assert.equal(reading.extra.source, 'advertisement');
    assert.ok(reading.voltage > 9 && reading.voltage < 15);
    assert.equal(reading.extra.signal_strength, BM6.rssi);
  });

  it('tells that a device has fallen silent, and that it is heard again', async () => {
    await start([BM6], { use: 'advertisements', timing: { ...TIMING, leastIntervalMs: 50 } });
    await nextReading();
    const stale = statusWhere(({ connected }) => !connected);
    adapter.unplug();
    assert.equal((await stale).extra.stale, true);
    const back = statusWhere(({ connected }) => connected);
    adapter.plugIn();
    await back;
  });

  it('tells a failure once, however often it is tried again', async () => {
    await start([{ ...BM6, failure: 'absent' }, BM2], {}, { sightingMs: 10 });
    let told = 0;
    reader.on('status', ({ device_id }) => (told += device_id === BM6.address ? 1 : 0));
    for (let count = 0; count < 30; count += 1) await nextReading();
    assert.equal(told, 1);
  });

  it('passes vehicle and signal strength on', async () => {
    await start([BM6], { devices: [{ address: BM6.address, vehicleId: 'van-1' }] });
    const [status] = (await once(reader, 'status')) as [BatteryStatus];
    assert.equal(status.vehicle_id, 'van-1');
    assert.equal(status.connected, true);
    const reading = await nextReading();
    assert.equal(reading.vehicle_id, 'van-1');
    assert.equal(reading.extra.signal_strength, BM6.rssi);
  });
});
