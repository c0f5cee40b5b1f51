import assert from 'node:assert/strict';
import { BatchLane, type Batch } from '../../../../../src/brokers/kafka/outbound/batch-lane.js';
import { GridwireError } from '../../../../../src/errors.js';
import { until } from '../../../../support/wait.js';

const LIMITS = { linger: 1, batchMessages: 10, batchBytes: 1_000 };

function textsOf(batch: Batch): string[] {
  return batch.map(({ value }) => String(value));
}

function taken(value: string) {
  return { record: { value }, inTime: undefined };
}

const OVER = new GridwireError('EVENT_EXPIRED', 'over');

function over(): never {
  throw OVER;
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
    const values = Array.from({ length: 10 }, (_, index) => `${index}`);
    assert.deepEqual(await Promise.all(values.map((value) => lane.add(taken(value), 50))), values);
    assert.deepEqual(sent, [values]);
    await until('there is room', () => lane.hasRoom(1));
    const large = lane.add(taken('a'), 600);
    assert.deepEqual([lane.hasRoom(400), lane.hasRoom(401)], [true, false]);
    await large;
  });

  it('are one at a time: there is no room while one is under way', async () => {
    let answer: (() => void) | undefined;
    let idle = 0;
    const lane = new BatchLane(
      { ...LIMITS, linger: 0 },
      async (batch) => {
        await new Promise<void>((resolve) => (answer = resolve));
        return textsOf(batch);
      },
      () => (idle += 1),
    );
    const first = lane.add(taken('1'), 1);
    assert.equal(lane.hasRoom(1), true);
    await until('it is under way', () => answer !== undefined);
    assert.equal(lane.hasRoom(1), false);
    answer?.();
    await first;
    await until('it is idle', () => idle > 0);
    assert.equal(lane.hasRoom(1), true);
  });

  it('leave out what expires while they fill', async () => {
    const sent: string[][] = [];
    const lane = new BatchLane(
      LIMITS,
      (batch) => {
        sent.push(textsOf(batch));
        return Promise.resolve(textsOf(batch));
      },
      () => undefined,
    );
    const late = lane.add({ ...taken('late'), inTime: over }, 1);
    const [outcome, other] = await Promise.allSettled([late, lane.add(taken('in time'), 1)]);
    assert.equal(outcome.status === 'rejected' && (outcome.reason as GridwireError).code, 'EVENT_EXPIRED');
    assert.equal(other.status, 'fulfilled');
    assert.deepEqual(sent, [['in time']]);
  });

  it('are sent again without what expired on the way, and not halved for it', async () => {
    const sent: string[][] = [];
    let isOver = false;
    const lane = new BatchLane(
      LIMITS,
      (batch) => {
        sent.push(textsOf(batch));
        isOver = true;
        return sent.length === 1 ? Promise.reject(OVER) : Promise.resolve(textsOf(batch));
      },
      () => undefined,
    );
    const late = { ...taken('late'), inTime: () => isOver && over() };
    const results = await Promise.allSettled([taken('1'), late, taken('2')].map((each) => lane.add(each, 1)));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(sent, [
      ['1', 'late', '2'],
      ['1', '2'],
    ]);
  });

  it('let nothing overtake a part of them that Kafka could not take', async () => {
    const sent: string[][] = [];
    const lane = new BatchLane(
      LIMITS,
      (batch) => {
        const texts = textsOf(batch);
        sent.push(texts);
        if (texts.length === 4) return Promise.reject(new GridwireError('BODY_TOO_LARGE', 'too large'));
        return Promise.reject(new GridwireError('BROKER_DISCONNECTED', 'away'));
      },
      () => undefined,
    );
    const results = await Promise.allSettled(['1', '2', '3', '4'].map((value) => lane.add(taken(value), 1)));
    assert.ok(results.every(({ status }) => status === 'rejected'));
    assert.deepEqual(sent, [
      ['1', '2', '3', '4'],
      ['1', '2'],
    ]);
  });

  it('are halved when Kafka refuses one message in them, so that only that one fails', async () => {
    const got: string[] = [];
    const tooLarge = new GridwireError('BODY_TOO_LARGE', 'too large');
    const lane = new BatchLane(
      LIMITS,
      (batch) => {
        const texts = textsOf(batch);
        if (texts.includes('bad')) return Promise.reject(tooLarge);
        got.push(...texts);
        return Promise.resolve(texts);
      },
      () => undefined,
    );
    const results = await Promise.allSettled(
      ['1', '2', 'bad', '3', '4'].map((value) => lane.add(taken(value), 1)),
    );
    assert.deepEqual(got, ['1', '2', '3', '4']);
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
    const results = await Promise.allSettled(['1', '2'].map((value) => lane.add(taken(value), 1)));
    assert.ok(results.every(({ status }) => status === 'rejected'));
    away = false;
    await until('there is room', () => lane.hasRoom(1));
    assert.equal(await lane.add(taken('3'), 1), '3');
    assert.ok(idle > 0);
  });
});
