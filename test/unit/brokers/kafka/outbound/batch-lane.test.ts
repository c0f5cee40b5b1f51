import assert from 'node:assert/strict';
import { BatchLane, type Batch } from '../../../../../src/brokers/kafka/outbound/batch-lane.js';
import { GridwireError } from '../../../../../src/errors.js';

const LIMITS = { linger: 1, batchMessages: 10, batchBytes: 1_000 };

function textsOf(batch: Batch): string[] {
  return batch.map(({ value }) => String(value));
}

describe('Kafka batches', () => {
  it('hold what comes together, in order, within their limits', async () => {
    const sent: string[][] = [];
    const lane = new BatchLane(
      LIMITS,
      (batch) => {
        sent.push(textsOf(batch));
        return Promise.resolve(textsOf(batch));
      },
      () => undefined,
    );
    const values = Array.from({ length: 25 }, (_, index) => `${index}`);
    const ids = await Promise.all(values.map((value) => lane.add({ value }, 50)));
    assert.deepEqual(ids, values);
    assert.deepEqual(sent.flat(), values);
    assert.deepEqual(
      sent.map((batch) => batch.length),
      [10, 10, 5],
    );
    const large = await Promise.all(['a', 'b', 'c'].map((value) => lane.add({ value }, 600)));
    assert.deepEqual(large, ['a', 'b', 'c']);
    assert.deepEqual(sent.slice(3), [['a'], ['b'], ['c']]);
  });

  it('are one at a time: what comes while one is under way makes up the next', async () => {
    const sent: string[][] = [];
    let answer: (() => void) | undefined;
    const lane = new BatchLane(
      { ...LIMITS, linger: 0 },
      async (batch) => {
        sent.push(textsOf(batch));
        await new Promise<void>((resolve) => (answer = resolve));
        return textsOf(batch);
      },
      () => undefined,
    );
    const first = lane.add({ value: '1' }, 1);
    while (answer === undefined) await new Promise(setImmediate);
    const rest = ['2', '3', '4'].map((value) => lane.add({ value }, 1));
    answer();
    await first;
    while (sent.length < 2) await new Promise(setImmediate);
    answer();
    await Promise.all(rest);
    assert.deepEqual(sent, [['1'], ['2', '3', '4']]);
  });

  it('are halved when Kafka refuses one message in them, so that only that one fails', async () => {
    const taken: string[] = [];
    const tooLarge = new GridwireError('BODY_TOO_LARGE', 'too large');
    const lane = new BatchLane(
      LIMITS,
      (batch) => {
        const texts = textsOf(batch);
        if (texts.includes('bad')) return Promise.reject(tooLarge);
        taken.push(...texts);
        return Promise.resolve(texts);
      },
      () => undefined,
    );
    const results = await Promise.allSettled(
      ['1', '2', 'bad', '3', '4'].map((value) => lane.add({ value }, 1)),
    );
    assert.deepEqual(taken, ['1', '2', '3', '4']);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    );
  });

  it('fail whole for what concerns them all, and the lane goes on', async () => {
    let away = true;
    let idle = 0;
    const lane = new BatchLane(
      LIMITS,
      (batch) => (away ? Promise.reject(new Error('away')) : Promise.resolve(textsOf(batch))),
      () => (idle += 1),
    );
    const results = await Promise.allSettled(['1', '2'].map((value) => lane.add({ value }, 1)));
    assert.ok(results.every(({ status }) => status === 'rejected'));
    away = false;
    assert.equal(await lane.add({ value: '3' }, 1), '3');
    assert.ok(idle > 0);
  });
});
