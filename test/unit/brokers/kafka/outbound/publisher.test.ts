import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Kafka, ProducerRecord } from 'kafkajs';
import { Publisher } from '../../../../../src/brokers/kafka/outbound/publisher.js';
import { kafkaSettings } from '../../../../../src/brokers/kafka/cluster/kafka-settings.js';
import type { TopicDirectory } from '../../../../../src/brokers/kafka/cluster/topic-directory.js';
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
});
