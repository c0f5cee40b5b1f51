import assert from 'node:assert/strict';
import { downloadHistory } from '../../../../src/battery/reader/history-download.js';
import { BluetoothHub } from '../../../../src/battery/reader/hub.js';
import { MonitorSession } from '../../../../src/battery/reader/session.js';
import { DEFAULT_FLEET, type SimulatedMonitor } from '../../../../src/battery/simulator/fleet.js';
import { SimulatedAdapter } from '../../../../src/battery/simulator/simulated-adapter.js';

const [BM6, BM2, BM7] = DEFAULT_FLEET as [SimulatedMonitor, SimulatedMonitor, SimulatedMonitor];
const never = new AbortController().signal;

async function withSession<T>(
  monitor: SimulatedMonitor,
  historyRecords: number,
  use: (session: MonitorSession) => Promise<T>,
): Promise<T> {
  const hub = new BluetoothHub(new SimulatedAdapter({ fleet: [monitor], speed: 50, historyRecords }));
  await hub.open();
  try {
    const link = await hub.connect(monitor.address, never);
    return await use(await MonitorSession.open(link, { family: monitor.family, signal: never }));
  } finally {
    await hub.close();
  }
}

describe('downloadHistory', () => {
  for (const monitor of [BM2, BM6, BM7]) {
    it(`reads 1,000 records of a ${monitor.family} while it streams, oldest first, two minutes apart`, async function () {
      this.timeout(10_000);
      const progress: number[] = [];
      const { records, skipped } = await withSession(monitor, 1000, (session) =>
        downloadHistory(session, {
          limit: 65_535,
          signal: never,
          onProgress: (received) => progress.push(received),
        }),
      );
      assert.equal(records.length, 1000);
      assert.equal(skipped, 0);
      const times = records.map(({ timestamp }) => Date.parse(timestamp));
      assert.ok(times.every((time, index) => index === 0 || time - times[index - 1]! === 120_000));
      assert.ok(Math.abs(Date.now() - times.at(-1)!) < 60_000, 'the newest record is from now');
      assert.ok(progress.length > 10 && progress.at(-1) === 1000, `progress ${progress.at(-1)}`);
    });
  }

  it('reads beyond one page, with no record twice or missing', async () => {
    const { records } = await withSession(BM6, 17_000, (session) =>
      downloadHistory(session, { limit: 65_535, signal: never }),
    );
    assert.equal(records.length, 17_000);
  });

  it('reads no more than asked', async () => {
    const { records } = await withSession(BM6, 1000, (session) =>
      downloadHistory(session, { limit: 30, signal: never }),
    );
    assert.equal(records.length, 30);
  });

  it('takes an empty history for what it is', async () => {
    const { records } = await withSession(BM6, 0, (session) =>
      downloadHistory(session, { limit: 100, signal: never }),
    );
    assert.deepEqual(records, []);
  });
});
