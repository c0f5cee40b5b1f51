import assert from 'node:assert/strict';
import { once } from 'node:events';
import { discover } from '../../../src/battery/reader/discovery.js';
import { BluetoothHub } from '../../../src/battery/reader/hub.js';
import { NobleAdapter } from '../../../src/battery/reader/noble-adapter.js';
import { BatteryReader } from '../../../src/battery/reader/reader.js';
import type { BatteryDiscovery, BatteryReading, BatteryStatus } from '../../../src/battery/reader/reading.js';
import { readHistory, readOnce } from '../../../src/battery/reader/visit.js';
import {
  startVirtualMonitors,
  VIRTUAL,
  type VirtualMonitors,
} from '../../support/bluetooth/virtual-monitors.js';

const ADDRESSES = Object.values(VIRTUAL);
const never = new AbortController().signal;

describe('battery monitors over a real HCI link', function () {
  this.timeout(60_000);
  let monitors: VirtualMonitors;
  let hub: BluetoothHub;
  let sigintListeners: number;

  before(async function () {
    // The first run fetches Bumble.
    this.timeout(300_000);
    monitors = await startVirtualMonitors(this, 1000);
    sigintListeners = process.listenerCount('SIGINT');
    hub = new BluetoothHub(new NobleAdapter({ serialPort: { path: monitors.port, baudRate: 115_200 } }));
    await hub.open();
  });

  after(async () => {
    // Undefined where the suite was skipped.
    await (hub as BluetoothHub | undefined)?.close();
    await (monitors as VirtualMonitors | undefined)?.stop();
  });

  it('finds the controller ready', () => {
    assert.equal(hub.state, 'ready');
    assert.equal(hub.problem, undefined);
  });

  it('leaves Ctrl-C to the process it runs in', () => {
    assert.equal(process.listenerCount('SIGINT'), sigintListeners);
  });

  it('discovers the three monitors with name, family and advertised voltage', async () => {
    const found = new Map<string, BatteryDiscovery>();
    await new Promise<void>((resolve) => {
      const end = discover(hub, (discovery) => {
        found.set(discovery.device_id, discovery);
        if (found.size < ADDRESSES.length) return;
        end();
        resolve();
      });
    });
    assert.equal(found.get(VIRTUAL.BM2)?.device_type, 'BM2');
    assert.equal(found.get(VIRTUAL.BM6)?.name, 'BM6');
    assert.equal(found.get(VIRTUAL.BM6)?.device_type, 'BM6');
    assert.equal(found.get(VIRTUAL.BM7)?.advertisement_data.voltage, 12.8);
  });

  it('connects, reads and disconnects one after the other', async () => {
    const bm2 = await readOnce(hub, { address: VIRTUAL.BM2 }, { signal: never });
    const bm6 = await readOnce(hub, { address: VIRTUAL.BM6 }, { signal: never });
    const bm7 = await readOnce(hub, { address: VIRTUAL.BM7 }, { signal: never });
    assert.deepEqual([bm2.device_type, bm2.voltage, bm2.temperature], ['BM2', 12.88, undefined]);
    assert.deepEqual([bm6.device_type, bm6.voltage, bm6.temperature], ['BM6', 13.66, 0]);
    assert.deepEqual([bm7.device_type, bm7.voltage, bm7.temperature], ['BM7', 12.8, -23]);
  });

  for (const family of ['BM2', 'BM6', 'BM7'] as const) {
    it(`downloads a history of 1,000 records from the ${family}`, async () => {
      const progress: number[] = [];
      const { records, skipped } = await readHistory(
        hub,
        { address: VIRTUAL[family], family },
        { signal: never, limit: 65_535, onProgress: (received) => progress.push(received) },
      );
      assert.equal(records.length, 1000);
      assert.equal(skipped, 0);
      assert.equal(records[0]?.voltage, family === 'BM2' ? 12.36 : 13.23);
      assert.equal(progress.at(-1), 1000);
    });
  }

  it('holds three links at once and takes a lost one up again while the others go on', async () => {
    const reader = new BatteryReader(hub, {
      devices: ADDRESSES.map((address) => ({ address })),
      use: 'hold',
    });
    reader.start();
    await readingsOf(reader, ADDRESSES);
    const lost = statusOf(reader, VIRTUAL.BM6, false);
    monitors.drop(VIRTUAL.BM6);
    assert.equal((await lost).extra.error, 'MONITOR_LINK_LOST');
    await readingsOf(reader, [VIRTUAL.BM2, VIRTUAL.BM7]);
    await statusOf(reader, VIRTUAL.BM6, true);
    await readingsOf(reader, ADDRESSES);
    await reader.stop();
  });

  it('notices that the controller was taken away, tells it, and lives', async () => {
    const timing = {
      answerMs: 2000,
      silenceMs: 1000,
      backoffMs: 100,
      longestBackoffMs: 1000,
      leastIntervalMs: 20_000,
    };
    const reader = new BatteryReader(hub, { devices: [{ address: VIRTUAL.BM6 }], use: 'hold', timing });
    reader.start();
    await readingsOf(reader, [VIRTUAL.BM6]);
    const told = statusOf(reader, VIRTUAL.BM6, false);
    const gone = hub.state === 'ready' ? once(hub, 'state') : undefined;
    monitors.unplug();
    assert.match((await told).extra.error ?? '', /MONITOR_(SILENT|LINK_LOST)/);
    await gone;
    assert.equal(hub.state, 'unavailable');
    assert.equal(hub.problem?.code, 'BLUETOOTH_UNAVAILABLE');
    await reader.stop();
  });
});

/** Resolves when each of the addresses has sent a reading from now on. */
async function readingsOf(reader: BatteryReader, addresses: readonly string[]): Promise<void> {
  const missing = new Set(addresses);
  while (missing.size > 0) {
    const [reading] = (await once(reader, 'reading')) as [BatteryReading];
    missing.delete(reading.device_id);
  }
}

function statusOf(reader: BatteryReader, address: string, connected: boolean): Promise<BatteryStatus> {
  return new Promise((resolve) => {
    const listen = (status: BatteryStatus): void => {
      if (status.device_id !== address || status.connected !== connected) return;
      reader.off('status', listen);
      resolve(status);
    };
    reader.on('status', listen);
  });
}
