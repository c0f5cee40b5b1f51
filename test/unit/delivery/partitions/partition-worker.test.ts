import assert from 'node:assert/strict';
import type { Delivery } from '../../../../src/brokers/broker.js';
import { partitionsOf } from '../../../../src/delivery/partitions/partition.js';
import { PartitionWorker } from '../../../../src/delivery/partitions/partition-worker.js';
import { GridwireError } from '../../../../src/errors.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';

/** A session that hands over what the test gives it. */
class Session extends ScriptedBroker {
  refusal: GridwireError | undefined;
  handler: (delivery: Delivery) => void = () => undefined;

  override subscribe(...[, handler]: unknown[]): Promise<never> {
    this.handler = handler as (delivery: Delivery) => void;
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    const finish = (): Promise<void> => Promise.resolve();
    return Promise.resolve({ filter: '#', close: finish, finish } as never);
  }

  give(): void {
    const rest = { qos: 1, retain: false, headers: {}, receivedAt: 0, redelivered: false } as const;
    const message = { topic: 'sites/1/x', body: Buffer.from('x'), ...rest };
    this.handler({ message, settle: () => undefined, holdsUp: () => 0 });
  }
}

describe('one partition that the broker refuses', () => {
  it('says so until the connection ends or it is granted, also where it had been granted before', async () => {
    const [clock, session] = [new ManualClock(), new Session()];
    session.refusal = new GridwireError('SUBSCRIBE_REFUSED', 'No.');
    const [partition] = partitionsOf([['sites/1/#']], 'sites/#', false);
    const intake = { take: () => undefined, close: () => undefined };
    const rest = { subscribe: {}, onChange: () => undefined, onProblem: () => undefined };
    const options = { partition: partition!, broker: session, intake, clock, ...rest };
    const worker = new PartitionWorker(options, false);
    await clock.pass(0);
    assert.deepEqual([worker.isReady, worker.refusal?.code], [false, 'SUBSCRIBE_REFUSED']);
    session.refusal = undefined;
    await clock.pass(10_000);
    assert.deepEqual([worker.isReady, worker.refusal], [true, undefined]);
    session.emit('problem', new GridwireError('SUBSCRIBE_REFUSED', 'No more.'));
    assert.equal(worker.refusal?.message, 'No more.');
    session.become('disconnected');
    assert.equal(worker.refusal, undefined);
    await worker.stop();
  });
});

describe('one partition', () => {
  let clock: ManualClock;
  let session: Session;
  let closed: boolean;
  let worker: PartitionWorker;

  beforeEach(async () => {
    clock = new ManualClock();
    session = new Session();
    closed = false;
    const [partition] = partitionsOf([['sites/1/#']], 'sites/#', false);
    const intake = { take: () => undefined, inHand: 1, close: () => void (closed = true) };
    const rest = { subscribe: {}, onChange: () => undefined, onProblem: () => undefined };
    worker = new PartitionWorker({ partition: partition!, broker: session, intake, clock, ...rest }, false);
    await clock.pass(0);
  });

  it('is handed over after its patience, by a clock that is not set', async () => {
    const over = worker.handOver();
    clock.wallOffset = 3_600_000;
    await clock.pass(4_900);
    assert.equal(closed, false);
    await clock.pass(200);
    await over;
    assert.equal(closed, true);
  });

  it('is empty when nothing has come for a while', async () => {
    let isEmpty: boolean | undefined;
    void worker.finish().then((empty) => (isEmpty = empty));
    await clock.pass(1_900);
    assert.equal(isEmpty, undefined);
    await clock.pass(400);
    assert.equal(isEmpty, true);
  });
});
