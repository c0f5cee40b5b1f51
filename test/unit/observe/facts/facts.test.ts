import assert from 'node:assert/strict';
import { MemoryBroker } from '../../../../src/brokers/memory/memory-broker.js';
import { tellBrokerFacts } from '../../../../src/brokers/broker-facts.js';
import { systemClock } from '../../../../src/clock.js';
import { InboxDriver } from '../../../../src/delivery/inbound/inbox-driver.js';
import { InboxFacts } from '../../../../src/delivery/inbound/inbox-facts.js';
import { DONE, type Outcome } from '../../../../src/delivery/inbound/work.js';
import { Outbox } from '../../../../src/delivery/outbound/outbox.js';
import { OutboxFacts } from '../../../../src/delivery/outbound/outbox-facts.js';
import { GridwireError } from '../../../../src/errors.js';
import type { WireMessage } from '../../../../src/event.js';
import { Fact } from '../../../../src/observe/facts/fact.js';
import { type About, facts, type FactName, listen } from '../../../../src/observe/facts/facts.js';
import { standings } from '../../../../src/observe/facts/standings.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';
import { until } from '../../../support/wait.js';

const PLACE = { node: 'n', broker: 'b', system: 'memory' };
const ABOUT: About = { contract: 'c', type: 't', wireName: 't', template: 'a/{b}' };
const message = (topic: string, more: Partial<WireMessage> = {}): WireMessage => ({
  topic,
  body: Buffer.from('x'),
  qos: 1,
  retain: false,
  headers: {},
  ...more,
});

/** Writes down what is told: kind, code or count. */
function listening(): { told: string[]; end: () => void } {
  const told: string[] = [];
  const names = Object.keys(facts) as FactName[];
  const listeners = names.map((name) => [
    name,
    (fact: { code?: string; count?: number; about?: About; way?: string; message?: { topic: string } }) =>
      told.push(
        [
          name,
          fact.code,
          fact.count,
          fact.about?.type,
          ...(fact.message ? [fact.way, fact.message.topic] : []),
        ]
          .filter((part) => part !== undefined)
          .join(' '),
      ),
  ]);
  return { told, end: listen(Object.fromEntries(listeners) as Parameters<typeof listen>[0]) };
}

describe('facts', () => {
  let ears: ReturnType<typeof listening>;
  beforeEach(() => (ears = listening()));
  afterEach(() => ears.end());

  it('count the age of what a broker has and does not acknowledge, too', async () => {
    const clock = new ManualClock();
    const broker = new ScriptedBroker();
    const outbox = new Outbox(broker, {}, { facts: new OutboxFacts(PLACE), clock });
    const sent = outbox.send(message('good'));
    await clock.pass(20_000);
    const late = outbox.send(message('good'));
    await clock.pass(50_000);
    const ages = standings().map(
      (standing) => standing.of === 'outbox' && [standing.underWay, standing.oldest],
    );
    assert.deepEqual(ages, [[2, 70]]);
    for (const { answer } of broker.open) answer();
    await Promise.all([sent, late]);
    outbox.close();
  });

  it('tell how each event of an outbox ends', async () => {
    const broker = new ScriptedBroker();
    const outbox = new Outbox(broker, { maxCount: 2 }, { facts: new OutboxFacts(PLACE) });
    const good = outbox.send(message('good'), { about: ABOUT });
    const bad = outbox.send(message('bad')).catch(() => undefined);
    await outbox.send(message('full')).catch(() => undefined);
    broker.open[0]?.answer();
    broker.open[1]?.answer(new GridwireError('BROKER_REFUSED', 'No.'));
    await Promise.all([good, bad]);
    await outbox.send(message('late', { expiresAt: Date.now() - 1 })).catch(() => undefined);
    broker.become('disconnected');
    const given = outbox.send(message('unsent')).catch(() => undefined);
    assert.deepEqual(
      standings().map((standing) => standing.of === 'outbox' && [standing.waiting, standing.underWay]),
      [[1, 0]],
    );
    outbox.close();
    await given;
    assert.deepEqual(standings(), []);
    assert.deepEqual(ears.told, [
      'accepted t',
      'passing t out good',
      'accepted',
      'passing out bad',
      'refused OUTBOX_FULL',
      'sent t',
      'failed BROKER_REFUSED',
      'accepted',
      'passing out late',
      'expired EVENT_EXPIRED',
      'accepted',
      'passing out unsent',
      'dropped BROKER_CLOSED 1',
    ]);
  });

  it('tell what becomes of each event that comes', async () => {
    const broker = new MemoryBroker();
    await broker.connect();
    const outcomes: Record<string, Outcome> = {
      good: { ...DONE, about: ABOUT },
      bad: {
        kind: 'failed',
        error: new GridwireError('SCHEMA_VIOLATION', 'No.', { details: { violations: [{ rule: 'type' }] } }),
      },
    };
    const inbox = new InboxDriver(
      {
        clock: systemClock,
        random: Math.random,
        work: {
          process: ({ topic }) => Promise.resolve(outcomes[topic] ?? DONE),
          giveUp: () => Promise.resolve(DONE),
        },
        tell: () => undefined,
        facts: new InboxFacts(PLACE, () => ABOUT),
      },
      { retry: { attempts: 3, delay: 1, factor: 1, maximumDelay: 1 }, onReceipt: false, holdsAtMost: 10 },
    );
    const rules: (string | undefined)[] = [];
    const end = listen({ refused: ({ rule }) => rules.push(rule) });
    await broker.subscribe('#', (delivery) => inbox.take(delivery));
    await broker.publish(message('good'));
    await until('it is settled', () => ears.told.length === 4);
    await broker.publish(message('bad'));
    await until('it is refused', () => ears.told.length === 10);
    end();
    await inbox.close();
    await broker.disconnect();
    assert.deepEqual(ears.told, [
      'received',
      'passing t in good',
      'processed t',
      'settled',
      'received',
      'passing t in bad',
      'processed SCHEMA_VIOLATION t',
      'failed SCHEMA_VIOLATION t',
      'refused SCHEMA_VIOLATION t',
      'settled',
    ]);
    assert.deepEqual(rules, ['type']);
  });

  it('tell every message that a memory broker drops, also at the end of a flood', async () => {
    const broker = new MemoryBroker({ queueLimit: 10 });
    const untell = tellBrokerFacts(broker, PLACE, () => true);
    await broker.connect();
    await broker.subscribe('#', () => undefined, { window: 1 });
    for (let number = 0; number < 110; number += 1) await broker.publish(message('t', { qos: 0 }));
    const dropped = (): number =>
      ears.told
        .filter((line) => line.startsWith('dropped'))
        .reduce((sum, line) => sum + Number(line.split(' ')[2]), 0);
    await until('all that were dropped are told', () => dropped() === 100);
    untell();
    await broker.disconnect();
    assert.equal(ears.told[0], 'connected');
  });

  it('are put together only where somebody listens', () => {
    const fact = new Fact<object>('of-this-test');
    assert.ok(!fact.isHeard);
    const end = fact.listen(() => undefined);
    assert.ok(fact.isHeard);
    end();
    assert.ok(!fact.isHeard);
  });

  it('survive a listener that throws, which is told once', async () => {
    const warnings: string[] = [];
    const onWarning = ({ message: text }: Error): void => void warnings.push(text);
    process.on('warning', onWarning);
    const fact = new Fact<object>('of-a-bad-listener');
    const end = fact.listen(() => {
      throw new Error('It is broken.');
    });
    fact.tell({});
    fact.tell({});
    await new Promise(setImmediate);
    end();
    process.off('warning', onWarning);
    assert.deepEqual(
      warnings.filter((text) => text.includes('of-a-bad-listener')),
      ['Gridwire: a listener to "of-a-bad-listener" failed: It is broken.'],
    );
  });
});
