import assert from 'node:assert/strict';
import { systemClock } from '../../../../src/clock.js';
import { InboxDriver } from '../../../../src/delivery/inbound/inbox-driver.js';
import { DONE, type Outcome, type Work } from '../../../../src/delivery/inbound/work.js';
import { GridwireError } from '../../../../src/errors.js';
import type { InboundMessage } from '../../../../src/event.js';
import { until } from '../../../support/wait.js';

const retry = { attempts: 3, delay: 1, factor: 2, maximumDelay: 4 };
const failed = (code: ConstructorParameters<typeof GridwireError>[0] = 'FLOW_FAILED'): Outcome => ({
  kind: 'failed',
  error: new GridwireError(code, 'It did not work.'),
});

function inbound(text: string): InboundMessage {
  const body = Buffer.from(text);
  return { topic: 't', body, qos: 1, retain: false, headers: {}, receivedAt: 0, redelivered: false };
}

/** A settlement over work that answers as the script says, and what happened in order. */
function setUp(script: (text: string, attempt: number) => Outcome, more: Partial<Work> = {}, rule = retry) {
  const log: string[] = [];
  const work: Work = {
    process: (message, attempt) => {
      const text = Buffer.from(message.body).toString();
      log.push(`${text} ${attempt}`);
      return Promise.resolve(script(text, attempt));
    },
    giveUp: (message, { code }) => {
      log.push(`${Buffer.from(message.body).toString()} ${code}`);
      return Promise.resolve(DONE);
    },
    ...more,
  };
  const settlement = new InboxDriver(
    { clock: systemClock, random: Math.random, work, tell: () => undefined },
    { retry: rule, onReceipt: false, holdsAtMost: 1 },
  );
  const take = (text: string): void =>
    settlement.take({
      message: inbound(text),
      holdsUp: () => 0,
      settle: (outcome) => log.push(`${text} ${outcome}`),
    });
  const ended = (text: string): Promise<void> =>
    until(`${text} is settled`, () => log.includes(`${text} ack`));
  return { settlement, take, log, ended };
}

describe('inbox without a store', () => {
  it('acknowledges after the work has been done', async () => {
    const { take, log, ended } = setUp(() => DONE);
    take('a');
    assert.deepEqual(log, ['a 1']);
    await ended('a');
    assert.deepEqual(log, ['a 1', 'a ack']);
  });

  it('reads many large bodies that come at once in several turns, in their order', async () => {
    const { take, log, ended } = setUp(() => DONE);
    const bodies = ['a', 'b', 'c', 'd', 'e'].map((name) => name.repeat(300_000));
    for (const body of bodies) take(body);
    assert.ok(log.length < bodies.length, `${log.length} in one turn`);
    await ended(bodies.at(-1) ?? '');
    const begun = log.filter((line) => line.endsWith(' 1')).map((line) => line.charAt(0));
    assert.equal(begun.join(''), 'abcde');
  });

  it('tries again what failed, as often as the contract says, then gives it up, then acknowledges', async () => {
    const { take, log, ended } = setUp(() => failed());
    take('a');
    await ended('a');
    assert.deepEqual(log, ['a 1', 'a 2', 'a 3', 'a RETRIES_EXHAUSTED', 'a ack']);
  });

  it('gives up at once what can never succeed, with its own reason', async () => {
    const { take, log, ended } = setUp(() => failed('SCHEMA_VIOLATION'));
    take('a');
    await ended('a');
    assert.deepEqual(log, ['a 1', 'a SCHEMA_VIOLATION', 'a ack']);
  });

  it('waits for as long as something else is away, without counting an attempt', async () => {
    let calls = 0;
    const { take, log, ended } = setUp(() => ((calls += 1) <= 10 ? failed('OUTBOX_FULL') : DONE));
    take('a');
    await ended('a');
    assert.equal(calls, 11);
    assert.deepEqual(new Set(log), new Set(['a 1', 'a ack']));
  });

  it('does not count an attempt that a deploy stopped', async () => {
    let calls = 0;
    const { take, log, ended } = setUp(() => ((calls += 1) === 1 ? { kind: 'aborted' } : DONE));
    take('a');
    await ended('a');
    assert.deepEqual(log, ['a 1', 'a 1', 'a ack']);
  });

  it('acknowledges a message that is given up only after its dead letter has found a place', async () => {
    let letters = 0;
    const { take, log, ended } = setUp(() => failed('SCHEMA_VIOLATION'), {
      giveUp: () => Promise.resolve((letters += 1) < 3 ? failed('OUTBOX_FULL') : DONE),
    });
    take('a');
    await ended('a');
    assert.equal(letters, 3);
    assert.equal(log.filter((line) => line === 'a ack').length, 1);
  });

  it('does not let a message that waits for its next attempt hold up the others', async () => {
    const { take, log, ended } = setUp((text) => (text === 'bad' ? failed() : DONE));
    take('bad');
    take('good');
    await ended('bad');
    assert.ok(log.indexOf('good ack') < log.indexOf('bad 2'), log.join());
  });

  it('settles nothing after it was closed, whatever the work then says', async () => {
    let answer: (outcome: Outcome) => void = () => undefined;
    const { settlement, take, log } = setUp(() => failed(), {
      process: () => new Promise((resolve) => (answer = resolve)),
    });
    take('a');
    void settlement.close();
    answer(DONE);
    take('b');
    await new Promise(setImmediate);
    assert.deepEqual(log, []);
  });

  it('forgets what waits in memory and names a subject: it is neither tried again nor given up', async () => {
    const slow = { attempts: 3, delay: 60_000, factor: 1, maximumDelay: 60_000 };
    const { settlement, take, log, ended } = setUp(() => failed(), {}, slow);
    take('SN-7');
    take('SN-8');
    await until('both wait', () => settlement.waiting === 2);
    assert.equal(
      settlement.erase(({ body }) => Buffer.from(body).toString() === 'SN-7'),
      1,
    );
    await ended('SN-7');
    assert.deepEqual([log, settlement.waiting], [['SN-7 1', 'SN-8 1', 'SN-7 ack'], 1]);
    await settlement.close();
  });
});
