import assert from 'node:assert/strict';
import type { Message, Producer, ProducerRecord, RecordMetadata } from 'kafkajs';
import { sendWhole } from '../../../../../src/brokers/kafka/outbound/whole-send.js';

/** A producer that answers for these partitions, send by send; what it was given it keeps. */
function producer(...answers: number[][]): { producer: Producer; sent: string[][] } {
  const sent: string[][] = [];
  const send = ({ topic, messages }: ProducerRecord): Promise<RecordMetadata[]> => {
    sent.push(messages.map(({ value }) => String(value)));
    const partitions = answers[sent.length - 1] ?? [];
    return Promise.resolve(
      partitions.map((partition) => ({ topicName: topic, partition, errorCode: 0, baseOffset: '7' })),
    );
  };
  return { producer: { send } as unknown as Producer, sent };
}

const message = (value: string, partition: number): Message => ({ value, partition });
const MESSAGES = [message('a', 0), message('b', 1), message('c', 0), message('d', 2)];

describe('Kafka batch', () => {
  it('is sent once when there is an answer for each of its partitions', async () => {
    const { producer: whole, sent } = producer([0, 1, 2]);
    const answers = await sendWhole(whole, { topic: 't', acks: -1, messages: MESSAGES });
    assert.deepEqual(sent, [['a', 'b', 'c', 'd']]);
    assert.deepEqual(
      answers.map(({ partition }) => partition),
      [0, 1, 2],
    );
  });

  it('is sent again where there was none, in order, and no more than that', async () => {
    const { producer: partly, sent } = producer([1], [2], [0]);
    const answers = await sendWhole(partly, { topic: 't', acks: -1, messages: MESSAGES });
    assert.deepEqual(sent, [
      ['a', 'b', 'c', 'd'],
      ['a', 'c', 'd'],
      ['a', 'c'],
    ]);
    assert.deepEqual(
      answers.map(({ partition }) => partition),
      [1, 2, 0],
    );
  });

  it('fails for now when there is no answer at all', async () => {
    const sending = sendWhole(producer([]).producer, { topic: 't', acks: -1, messages: MESSAGES });
    await assert.rejects(sending, { code: 'BROKER_DISCONNECTED', fault: 'transient' });
  });

  it('waits for no answer where none was asked for', async () => {
    const { producer: silent, sent } = producer([]);
    assert.deepEqual(await sendWhole(silent, { topic: 't', acks: 0, messages: MESSAGES }), []);
    assert.equal(sent.length, 1);
  });
});
