import assert from 'node:assert/strict';
import path from 'node:path';
import { GridwireError } from '../../../src/errors.js';
import type { EventStore } from '../../../src/store/event-store.js';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.js';
import { DeviceStatusTracker } from '../../../src/telemetry/device-status.js';
import { systemClock } from '../../../src/clock.js';
import { StatusMemory } from '../../../src/telemetry/status-memory.js';
import { temporaryFolder } from '../store/helpers.js';

function unexpected(): never {
  throw new Error('the store is there');
}

describe('status memory', () => {
  const { folder, remove } = temporaryFolder();
  const never = new AbortController().signal;
  const everything = (): boolean => true;
  let store: EventStore;

  before(async () => {
    store = await openSqliteStore({ kind: 'sqlite', file: path.join(folder, 'store.db') });
  });
  after(async () => {
    await store.close();
    remove();
  });

  function setUp(scope: string): { tracker: DeviceStatusTracker; memory: StatusMemory } {
    const tracker = new DeviceStatusTracker();
    return {
      tracker,
      memory: new StatusMemory(() => Promise.resolve(store), scope, tracker, unexpected, systemClock),
    };
  }

  it('lets whoever comes next go on where the one before stopped', async () => {
    const before = setUp('a');
    await before.memory.save({ serialNumber: 'INV', status: 'OFFLINE', time: 20 });
    await before.memory.save({ serialNumber: 'INV', status: 'ONLINE', time: 10 });
    const next = setUp('a');
    await next.memory.load(everything, never);
    assert.equal(next.tracker.update('INV', 'ERROR', 15).kind, 'late');
    assert.equal(next.tracker.update('INV', 'OFFLINE', 21).kind, 'unchanged');
    assert.deepEqual(next.tracker.update('INV', 'ONLINE', 22), { kind: 'changed', previous: 'OFFLINE' });
    assert.equal(setUp('other').tracker.get('INV'), undefined);
  });

  it('forgets at a take-over what was seen and perhaps never dealt with, so that its repetition is told', async () => {
    const { tracker, memory } = setUp('b');
    await memory.save({ serialNumber: 'INV', status: 'ONLINE', time: 10 });
    await memory.load(everything, never);
    tracker.update('INV', 'ERROR', 20, 'sites/1/x');
    tracker.update('BAT', 'ERROR', 20, 'sites/2/x');
    await memory.load((topic) => topic.startsWith('sites/1/'), never);
    assert.deepEqual(tracker.update('INV', 'ERROR', 20), { kind: 'changed', previous: 'ONLINE' });
    assert.equal(tracker.update('BAT', 'ERROR', 20).kind, 'unchanged', "another partition's");
  });

  it('waits for a store that is away, and no longer than anybody needs it', async () => {
    const told: string[] = [];
    const away = (): Promise<EventStore> =>
      Promise.reject(new GridwireError('STORE_UNAVAILABLE', 'The store is away.'));
    const memory = new StatusMemory(
      away,
      'c',
      new DeviceStatusTracker(),
      ({ code }) => told.push(code),
      systemClock,
    );
    const closing = new AbortController();
    const loading = memory.load(everything, closing.signal);
    closing.abort();
    await loading;
    assert.deepEqual(told, ['STORE_UNAVAILABLE']);
  });
});
