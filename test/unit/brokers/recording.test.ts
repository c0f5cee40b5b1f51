import assert from 'node:assert/strict';
import { MemoryBroker } from '../../../src/brokers/memory/memory-broker.js';
import { record, replay, REPLAY_HEADER } from '../../../src/brokers/recording.js';
import { GridwireError } from '../../../src/errors.js';
import type { InboundMessage } from '../../../src/event.js';
import { until } from '../../support/wait.js';

describe('record and replay', () => {
  let broker: MemoryBroker;
  beforeEach(async () => {
    broker = new MemoryBroker();
    await broker.connect();
  });

  const publish = (topic: string, text: string) =>
    broker.publish({ topic, body: Buffer.from(text), qos: 1, retain: false, headers: { a: '1' } });

  it('brings the same messages in the same order, marked and under a prefix of their own', async () => {
    const recording = await record(broker, 'env/#');
    for (const text of ['1', '2', '3']) await publish(`env/${text}`, text);
    await publish('other', 'x');
    await until('all are recorded', () => recording.messages.length === 3);
    await recording.stop();
    await publish('env/4', '4');
    const seen: InboundMessage[] = [];
    await broker.subscribe('#', (delivery) => {
      seen.push(delivery.message);
      delivery.settle('ack');
    });
    assert.equal(await replay(broker, recording.messages, { speed: Infinity }), 3);
    await until('all came', () => seen.length === 3);
    assert.deepEqual(
      seen.map(({ topic, body }) => `${topic} ${Buffer.from(body).toString()}`),
      ['replay/env/1 1', 'replay/env/2 2', 'replay/env/3 3'],
    );
    assert.equal(seen[0]?.headers.a, '1');
    assert.equal(
      seen[0].headers[REPLAY_HEADER],
      new Date(recording.messages[0]!.message.receivedAt).toISOString(),
    );
  });

  it('leaves the newer retained value of a topic where it is', async () => {
    const retained = (text: string) =>
      broker.publish({ topic: 'env/1', body: Buffer.from(text), qos: 1, retain: true, headers: {} });
    await retained('old');
    const recording = await record(broker, 'env/#');
    await until('it is recorded', () => recording.messages.length === 1);
    await recording.stop();
    await retained('new');
    await replay(broker, recording.messages, { speed: Infinity, prefix: '' });
    const seen: string[] = [];
    await broker.subscribe('env/#', (delivery) => {
      seen.push(Buffer.from(delivery.message.body).toString());
      delivery.settle('ack');
    });
    await until('the retained value came', () => seen.length === 1);
    assert.deepEqual(seen, ['new']);
  });

  it('keeps the pace of the recording, divided by the speed, and ends when told', async () => {
    const one = {
      topic: 't',
      body: Buffer.from('x'),
      qos: 1,
      retain: false,
      headers: {},
      receivedAt: 0,
    } as const;
    const message = { ...one, redelivered: false };
    const started = Date.now();
    const messages = [0, 40, 80].map((at) => ({ at, message }));
    assert.equal(await replay(broker, messages, { speed: 2, prefix: '' }), 3);
    assert.ok(Date.now() - started >= 39);
    const ending = new AbortController();
    const replaying = replay(
      broker,
      [
        { at: 0, message },
        { at: 60_000, message },
      ],
      { signal: ending.signal },
    );
    await new Promise(setImmediate);
    ending.abort();
    assert.equal(await replaying, 1);
  });

  it('leaves out what could not be read when it came, and says so; what follows is replayed', async () => {
    const recording = await record(broker, 'env/#');
    const unreadable = new GridwireError('NOT_SUPPORTED', 'A batch is packed with the codec 7.');
    const batch = { body: Buffer.from([1, 2]), qos: 1, retain: false, headers: {} } as const;
    await broker.publish({ topic: 'env/1', ...batch, ...{ unreadable } });
    await publish('env/2', '2');
    await until('both are recorded', () => recording.messages.length === 2);
    await recording.stop();
    const problems: GridwireError[] = [];
    broker.on('problem', (problem) => problems.push(problem));
    const seen: string[] = [];
    await broker.subscribe('replay/#', (delivery) => {
      seen.push(delivery.message.topic);
      delivery.settle('ack');
    });
    assert.equal(await replay(broker, recording.messages, { speed: Infinity }), 1);
    await until('it came', () => seen.length > 0);
    assert.deepEqual(seen, ['replay/env/2']);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['NOT_SUPPORTED'],
    );
    assert.match(problems[0]?.message ?? '', /env\/1 is not replayed.*codec 7/);
  });

  it('is bounded and says when it is full', async () => {
    const problems: GridwireError[] = [];
    broker.on('problem', (problem) => problems.push(problem));
    const recording = await record(broker, '#', 2);
    for (const text of ['1', '2', '3']) await publish('t', text);
    await until('it was told', () => problems.length === 1);
    assert.equal(recording.messages.length, 2);
  });
});
