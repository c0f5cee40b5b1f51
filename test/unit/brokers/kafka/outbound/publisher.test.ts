import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Kafka, ProducerRecord } from 'kafkajs';
import { Publisher } from '../../../../../src/brokers/kafka/outbound/publisher.js';
import { kafkaSettings } from '../../../../../src/brokers/kafka/cluster/kafka-settings.js';
import type { TopicDirectory } from '../../../../../src/brokers/kafka/cluster/topic-directory.js';
import { systemClock } from '../../../../../src/clock.js';
import type { GridwireError } from '../../../../../src/errors.js';
import type { WireMessage } from '../../../../../src/event.js';
import { until } from '../../../../support/wait.js';

const message = (topic: string, body: string): WireMessage => ({
  ...{ topic, body: Buffer.from(body), qos: 1, retain: false, headers: {} },
});

describe('Kafka publisher', () => {
  it('tells of room after each batch, to whoever was refused while it was under way', async () => {
    const sent: string[] = [];
    const producer = {
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      send: async ({ messages }: ProducerRecord) => {
        await turn();
        for (const each of messages) each.partition = 0;
        sent.push(...messages.map(({ value }) => String(value)));
        return [{ topicName: 't', partition: 0, errorCode: 0, baseOffset: '0' }];
      },
    };
    const kafka = { producer: () => producer } as unknown as Kafka;
    const topics = {
      ensure: () => Promise.resolve(),
      forget: () => undefined,
    } as unknown as TopicDirectory;
    const settings = kafkaSettings({
      brokers: ['localhost:9092'],
      linger: 0,
      batchMessages: 10,
    });
    const publisher = new Publisher({ kafka, settings, topics }, () => undefined);
    publisher.start();
    const bodies = Array.from({ length: 95 }, (_, index) => String(index));
    const waiting = [...bodies];
    const answers: Promise<unknown>[] = [];
    const pump = (): void => {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        const answer = outlet.offer(message('t', next));
        if (typeof answer === 'string') return;
        waiting.shift();
        answers.push(answer);
      }
    };
    const outlet = publisher.outlets.open(pump);
    pump();
    await until('all are offered', () => waiting.length === 0);
    await Promise.all(answers);
    assert.deepEqual(sent, bodies);
    await publisher.stop();
  });

  it('writes no message when its time is over, as often as the client tries', async () => {
    const start = systemClock.now();
    let passed = 0;
    mock.method(systemClock, 'now', () => start + passed);
    const written: string[][] = [];
    const producer = {
      connect: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      // As kafkajs does it: the values are read for each attempt, and a fault that it does not know ends them.
      send: async ({ messages }: ProducerRecord) => {
        for (;;) {
          written.push(messages.map(({ value }) => String(value)));
          await turn();
          if (passed > 0) break;
          passed = 2_000;
        }
        for (const each of messages) each.partition = 0;
        return [{ topicName: 't', partition: 0, errorCode: 0, baseOffset: '0' }];
      },
    };
    const kafka = { producer: () => producer } as unknown as Kafka;
    const topics = { ensure: () => Promise.resolve(), forget: () => undefined } as unknown as TopicDirectory;
    const settings = kafkaSettings({ brokers: ['localhost:9092'], linger: 0 });
    const publisher = new Publisher({ kafka, settings, topics }, () => undefined);
    publisher.start();
    const outlet = publisher.outlets.open(() => undefined);
    const expiresAt = Date.now() + 1_000;
    const [late, other] = await Promise.allSettled([
      outlet.offer({ ...message('t', 'command'), expiresAt }),
      outlet.offer(message('t', 'reading')),
    ]);
    assert.equal(late.status === 'rejected' && (late.reason as GridwireError).code, 'EVENT_EXPIRED');
    assert.equal(other.status, 'fulfilled');
    assert.deepEqual(written, [['command', 'reading'], ['reading']]);
    await publisher.stop();
    mock.restoreAll();
  });
});
