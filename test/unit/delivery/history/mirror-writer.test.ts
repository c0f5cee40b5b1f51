import assert from 'node:assert/strict';
import { GridwireError } from '../../../../src/errors.js';
import type { MirrorEntry, MirrorStore } from '../../../../src/store/mirror-store.js';
import { MirrorWriter } from '../../../../src/delivery/history/mirror-writer.js';
import { message } from '../../store/helpers.js';

describe('store: mirror writer', () => {
  const batches: string[][] = [];
  let answer: (topics: string[]) => GridwireError | undefined;
  const mirror = {
    append: (entries: readonly MirrorEntry[]) => {
      const topics = entries.map((entry) => entry.message.topic);
      const error = answer(topics);
      if (error) return Promise.reject(error);
      batches.push(topics);
      return Promise.resolve();
    },
  } as unknown as MirrorStore;
  const writer = (more: object = {}): MirrorWriter =>
    new MirrorWriter(() => Promise.resolve(mirror), {
      size: 3,
      linger: 0,
      waiting: 5,
      waitingBytes: 10_000,
      ...more,
    });
  const entry = (topic: string): MirrorEntry => ({ message: message(topic) });

  beforeEach(() => {
    batches.length = 0;
    answer = () => undefined;
  });

  it('writes in batches, in order, and resolves after the commit', async () => {
    const write = writer({ linger: 10_000 });
    await Promise.all(['a', 'b', 'c'].map((topic) => write.write(entry(topic))));
    assert.deepEqual(batches, [['a', 'b', 'c']], 'a full batch does not wait for the linger');
    const lone = writer({ linger: 1 });
    await lone.write(entry('d'));
    assert.deepEqual(batches.at(-1), ['d']);
  });

  it('keeps events while the store is away, refuses more than its limit, and writes them when it is back', async () => {
    answer = () => new GridwireError('STORE_UNAVAILABLE', 'away');
    const write = writer();
    const kept = ['a', 'b', 'c', 'd', 'e'].map((topic) => write.write(entry(topic)));
    await assert.rejects(write.write(entry('f')), { code: 'STORE_FULL' });
    answer = () => undefined;
    await Promise.all(kept);
    assert.deepEqual(batches.flat(), ['a', 'b', 'c', 'd', 'e']);
    assert.equal(write.size, 0);
    assert.equal(write.error, undefined);
  });

  it('bounds the bytes that wait, not only their number', async () => {
    answer = () => new GridwireError('STORE_UNAVAILABLE', 'away');
    const write = writer();
    const large = { message: message('large', 'x'.repeat(9_000)) };
    const kept = write.write(large);
    await assert.rejects(write.write(large), { code: 'STORE_FULL' });
    answer = () => undefined;
    await kept;
    await write.write({ message: message('huge', 'x'.repeat(20_000)) });
    assert.deepEqual(batches.flat(), ['large', 'huge']);
  });

  it('refuses one bad event and keeps its neighbours', async () => {
    answer = (topics) => (topics.includes('bad') ? new GridwireError('STORE_REFUSED', 'no') : undefined);
    const write = writer();
    const outcomes = await Promise.allSettled(['a', 'bad', 'c'].map((topic) => write.write(entry(topic))));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
  });

  it('writes nothing of a subject that was erased while it waited, in a batch or for one', async () => {
    answer = () => new GridwireError('STORE_UNAVAILABLE', 'away');
    const write = writer();
    const kept = ['a', 'b', 'c', 'd', 'b'].map((topic) => write.write(entry(topic)));
    await Promise.resolve();
    assert.equal(
      write.erase(({ topic }) => topic === 'b'),
      2,
    );
    answer = () => undefined;
    const ended = await Promise.allSettled(kept);
    assert.deepEqual(batches.flat(), ['a', 'c', 'd']);
    assert.deepEqual(
      ended.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'rejected'],
    );
    assert.equal(write.size, 0);
  });

  it('refuses nothing for a passing fault that comes while a bad event is looked for', async () => {
    let away = 2;
    answer = (topics) => {
      if (topics.includes('bad')) return new GridwireError('STORE_REFUSED', 'no');
      if (topics[0] === 'c' && away-- > 0) return new GridwireError('STORE_UNAVAILABLE', 'away');
      return undefined;
    };
    const write = writer();
    const outcomes = await Promise.allSettled(['a', 'bad', 'c'].map((topic) => write.write(entry(topic))));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(batches, [['a'], ['c']]);
  });

  it('waits no longer for a store that does not answer than it is told when it is closed', async () => {
    const write = new MirrorWriter(() => new Promise(() => undefined));
    const outcome = assert.rejects(write.write(entry('a')), { code: 'STORE_UNAVAILABLE' });
    await write.close(1);
    await outcome;
  });

  it('refuses what it could not write before it was closed', async () => {
    answer = () => new GridwireError('STORE_UNAVAILABLE', 'away');
    const write = writer();
    const outcome = assert.rejects(write.write(entry('a')), { code: 'STORE_UNAVAILABLE' });
    await write.close();
    await outcome;
    await assert.rejects(write.write(entry('b')), { code: 'STORE_UNAVAILABLE' });
  });
});
