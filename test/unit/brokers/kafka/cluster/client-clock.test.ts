import assert from 'node:assert/strict';
import { mock } from 'node:test';
import ConsumerGroup = require('kafkajs/src/consumer/consumerGroup.js');
import RequestQueue = require('kafkajs/src/network/requestQueue/index.js');
import { systemClock } from '../../../../../src/clock.js';
import { repairClient } from '../../../../../src/brokers/kafka/cluster/client-repair.js';
import { repairClock } from '../../../../../src/brokers/kafka/cluster/client-clock.js';

const HOUR = 3_600_000;
const TIMEOUT = 30_000;
const LOGGER = { debug: () => undefined, namespace: () => LOGGER };

/** kafkajs' own parts, on a clock that is set. */
describe('kafkajs on a clock that is set', () => {
  const start = Date.now();
  let passed = 0;
  let jumped = 0;

  before(() => {
    repairClient();
    repairClock();
  });
  beforeEach(() => {
    passed = jumped = 0;
    mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
    mock.method(Date, 'now', () => start + passed + jumped);
    mock.method(systemClock, 'now', () => start + passed);
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  /** Time goes on, as timers and both clocks know it. */
  function pass(milliseconds: number): void {
    passed += milliseconds;
    mock.timers.tick(milliseconds);
  }

  it('sends heartbeats, though the clock was set back by hours', async () => {
    let beats = 0;
    const Group = ConsumerGroup as unknown as new (options: object) => typeof ConsumerGroup.prototype;
    const group = new Group({ logger: LOGGER, instrumentationEmitter: { emit: () => undefined } });
    Object.assign(group, {
      memberId: 'm',
      coordinator: { heartbeat: () => Promise.resolve((beats += 1)) },
    });
    const beat = async (): Promise<number> => {
      pass(600);
      await group.heartbeat({ interval: 600 });
      return beats;
    };
    assert.equal(await beat(), 1);
    jumped = -5 * HOUR;
    assert.deepEqual([await beat(), await beat(), await beat()], [2, 3, 4]);
    jumped = 25 * HOUR;
    assert.deepEqual([await beat(), await beat()], [5, 6]);
    await group.heartbeat({ interval: 600 });
    assert.equal(beats, 6);
  });

  function queueOf(): {
    queue: typeof RequestQueue.prototype;
    sent: string[];
    failed: string[];
    push: (name: string) => void;
  } {
    const [sent, failed]: string[][] = [[], []];
    const Queue = RequestQueue as unknown as new (options: object) => typeof RequestQueue.prototype & {
      push(request: object): void;
    };
    const queue = new Queue({
      ...{ requestTimeout: TIMEOUT, enforceRequestTimeout: true, maxInFlightRequests: null },
      ...{ clientId: 'c', broker: 'b', logger: LOGGER },
    });
    queue.scheduleRequestTimeoutCheck();
    let serial = 0;
    const push = (name: string): void => {
      const entry = {
        correlationId: (serial += 1),
        resolve: () => undefined,
        reject: () => failed!.push(name),
      };
      queue.push({ entry, expectResponse: true, sendRequest: () => sent!.push(name) });
    };
    return { queue, sent: sent!, failed: failed!, push };
  }

  it('ends a request after its time, though the clock was set back, and none before, though it was set ahead', () => {
    const { queue, failed, push } = queueOf();
    push('one');
    pass(1_000);
    jumped = 25 * HOUR;
    pass(1_000);
    assert.deepEqual(failed, []);
    jumped = -5 * HOUR;
    pass(TIMEOUT);
    assert.deepEqual(failed, ['one']);
    queue.destroy();
  });

  it('goes on when Kafka has told it to wait and the clock was set back meanwhile', () => {
    const { queue, sent, push } = queueOf();
    queue.maybeThrottle(2_000);
    push('one');
    assert.deepEqual(sent, []);
    jumped = -5 * HOUR;
    pass(2_100);
    assert.deepEqual(sent, ['one']);
    queue.destroy();
  });
});
