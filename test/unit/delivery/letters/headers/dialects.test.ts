import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  HEADER_DIALECTS,
  failureHeaders,
  readFailure,
  withoutFailure,
} from '../../../../../src/delivery/letters/headers/dialects.js';
import type { FailureRecord } from '../../../../../src/delivery/letters/headers/failure-headers.js';
import type { Headers } from '../../../../../src/event.js';

const FAILURE: FailureRecord = {
  topic: 'device-telemetry',
  partition: 3,
  offset: 123_456_789_012n,
  timestamp: 1_795_000_000_000,
  consumerGroup: 'ems',
  code: 'SCHEMA_VIOLATION',
  reason: 'powerKw must be a number',
};

/** Headers as a broker gives them: bytes that look like text have become text. */
const asBytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('dead-letter headers', () => {
  for (const { name } of HEADER_DIALECTS) {
    it(`of the dialect ${name} say the same when read again`, () => {
      const read = readFailure(failureHeaders(FAILURE, name));
      assert.equal(read?.dialect, name);
      const { stage, ...failure } = read.failure;
      assert.deepEqual(
        failure,
        name === 'gridwire' ? FAILURE : name === 'spring' ? FAILURE : withoutTime(FAILURE),
      );
      assert.equal(stage, name === 'kafka-connect' ? 'TASK_PUT' : undefined);
    });
  }

  it("of Spring are Java's numbers, most significant byte first", () => {
    const headers = failureHeaders(FAILURE, 'spring');
    assert.equal(hex(headers['kafka_dlt-original-partition'] as Uint8Array), '00000003');
    assert.equal(hex(headers['kafka_dlt-original-offset'] as Uint8Array), '0000001cbe991a14');
    assert.equal(hex(headers['kafka_dlt-original-timestamp'] as Uint8Array), '000001a1ee565e00');
    assert.equal(headers['kafka_dlt-original-timestamp-type'], 'CreateTime');
  });

  it('of a Spring service are read, and those of its retry topics', () => {
    const letter: Headers = {
      'kafka_dlt-original-topic': 'orders',
      'kafka_dlt-original-partition': asBytes('00000001'),
      'kafka_dlt-original-offset': asBytes('000000000000002a'),
      'kafka_dlt-original-timestamp': asBytes('0000019f4e2ea400'),
      'kafka_dlt-exception-fqcn': 'org.springframework.kafka.listener.ListenerExecutionFailedException',
      'kafka_dlt-exception-cause-fqcn': 'java.lang.IllegalStateException',
      'kafka_dlt-exception-message': 'no such device',
      'kafka_dlt-original-consumer-group': 'billing',
    };
    assert.deepEqual(readFailure(letter), {
      dialect: 'spring',
      failure: {
        topic: 'orders',
        partition: 1,
        offset: 42n,
        timestamp: 1_783_723_107_328,
        consumerGroup: 'billing',
        code: 'java.lang.IllegalStateException',
        reason: 'no such device',
      },
    });
    const retry = { 'kafka_original-topic': 'orders', 'kafka_original-partition': asBytes('00000001') };
    assert.deepEqual(readFailure(retry)?.failure, { topic: 'orders', partition: 1 });
  });

  it('of Kafka Connect are read from what a connector writes', () => {
    const read = readFailure({
      '__connect.errors.topic': 'sensors',
      '__connect.errors.partition': '0',
      '__connect.errors.offset': '9007199254740993',
      '__connect.errors.connector.name': 'sink',
      '__connect.errors.task.id': '0',
      '__connect.errors.stage': 'VALUE_CONVERTER',
      '__connect.errors.exception.class.name': 'org.apache.kafka.connect.errors.DataException',
      '__connect.errors.exception.message': 'Converting byte[] to Kafka Connect data failed',
    });
    assert.equal(read?.dialect, 'kafka-connect');
    assert.equal(read.failure.offset, 9_007_199_254_740_993n);
    assert.equal(read.failure.stage, 'VALUE_CONVERTER');
  });

  it('are read without an exception and without invention, whatever is in them', () => {
    const names = HEADER_DIALECTS.flatMap(({ name }) => Object.keys(failureHeaders(FAILURE, name)));
    const value = fc.oneof(fc.string(), fc.uint8Array({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names, '__proto__', 'other'), value), (headers) => {
        const read = readFailure(headers);
        assert.ok(read === undefined || typeof read.failure.topic === 'string');
      }),
    );
    assert.equal(readFailure({ traceparent: '00' }), undefined);
    assert.deepEqual(
      readFailure({ 'kafka_dlt-original-topic': 't', 'kafka_dlt-original-offset': asBytes('01') })?.failure,
      {
        topic: 't',
      },
    );
  });

  it('have no half of a character, for which a broker would refuse the letter', () => {
    const cut = { ...FAILURE, topic: 'a\ud800', reason: `${'x'.repeat(1_999)}😀` };
    for (const { name } of HEADER_DIALECTS) {
      const texts = Object.values(failureHeaders(cut, name)).filter((value) => typeof value === 'string');
      assert.deepEqual(
        texts.filter((value) => !value.isWellFormed()),
        [],
      );
      assert.equal(readFailure(failureHeaders(cut, name))?.failure.topic, 'a\ufffd');
    }
  });

  it('with numbers that are none of Java are read without these, so that the next letter can be written', () => {
    const read = readFailure({
      'gridwire-original-topic': 'orders',
      'gridwire-original-partition': '99999999999',
      'gridwire-original-offset': '9999999999999999999',
      'gridwire-original-timestamp': '9223372036854775807',
    });
    assert.deepEqual(read?.failure, { topic: 'orders' });
    const ends = { 'gridwire-original-topic': 'orders', 'gridwire-original-offset': '-9223372036854775808' };
    const { failure } = readFailure(ends) ?? assert.fail();
    assert.equal(
      hex(failureHeaders(failure, 'spring')['kafka_dlt-original-offset'] as Uint8Array),
      '8000000000000000',
    );
  });

  it('go when the letter is replayed, and all others stay', () => {
    const own = { traceparent: '00-ab', ce_id: '1', kafka_correlationId: 'x' };
    for (const { name } of HEADER_DIALECTS) {
      assert.deepEqual(withoutFailure({ ...own, ...failureHeaders(FAILURE, name) }), own);
    }
    assert.deepEqual(withoutFailure({ 'retry_topic-attempts': asBytes('00000003'), ...own }), own);
  });

  it('are bounded: a reason of megabytes does not become a header of megabytes', () => {
    const headers = failureHeaders({ ...FAILURE, reason: 'x'.repeat(5_000_000) }, 'spring');
    assert.ok(String(headers['kafka_dlt-exception-message']).length < 3_000);
  });
});

function withoutTime({ timestamp: _timestamp, ...rest }: FailureRecord): FailureRecord {
  return rest;
}

function hex(value: string | Uint8Array | undefined): string {
  return Buffer.from(value as Uint8Array).toString('hex');
}
