import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { type Kafka as KafkaService, KAFKA_USER } from '../../../../scripts/services/index.js';
import { TestCa } from '../../../../scripts/services/test-ca.js';
import { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';
import type { KafkaSasl, KafkaSettings } from '../../../../src/brokers/kafka/cluster/kafka-settings.js';
import { GridwireError, type ErrorCode } from '../../../../src/errors.js';
import type { WireMessage } from '../../../../src/event.js';
import { until } from '../../../support/wait.js';
import { emptyKafka } from '../../../support/kafka.js';
import { asAdmin, grant } from '../../../support/kafka-admin.js';

const SASL = { mechanism: 'scram-sha-256', ...KAFKA_USER } as const;

function message(topic: string, text = 'x', extra: Partial<WireMessage> = {}): WireMessage {
  return { topic, body: Buffer.from(text), qos: 1, retain: false, headers: {}, ...extra };
}

/** The error of a promise, which must be one of ours with this code. */
async function fault(promise: Promise<unknown>, code: ErrorCode): Promise<GridwireError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof GridwireError, String(error));
  assert.equal(error.code, code, error.message);
  return error;
}

describe('Kafka faults', () => {
  let kafka: KafkaService;
  let brokers: KafkaBroker[] = [];

  before(async function () {
    kafka = await emptyKafka(this);
    await asAdmin(kafka, async (admin) => {
      await admin.createTopics({
        topics: [
          { topic: 'plain' },
          { topic: 'private' },
          { topic: 'narrow', configEntries: [{ name: 'max.message.bytes', value: '2000' }] },
          { topic: 'allowed', numPartitions: 1 },
        ],
      });
      const acl = [
        grant('topic', 'allowed', 'write'),
        grant('topic', 'allowed', 'read'),
        grant('group', 'ours', 'read'),
      ];
      await admin.createAcls({ acl });
    });
  });
  after(() => (kafka as KafkaService | undefined)?.stop());
  beforeEach(() => (brokers = []));
  afterEach(() => Promise.all(brokers.map((broker) => broker.disconnect())));

  function create(settings: Partial<KafkaSettings> = {}): KafkaBroker {
    const reconnect = { minimum: 20, maximum: 200 };
    const broker = new KafkaBroker({
      brokers: kafka.brokers.split(','),
      clientId: 'faults',
      reconnect,
      ...settings,
    });
    brokers.push(broker);
    return broker;
  }

  function secure(sasl: KafkaSasl = SASL, settings: Partial<KafkaSettings> = {}): KafkaBroker {
    return create({ brokers: kafka.secureBrokers.split(','), tls: { ca: kafka.ca }, sasl, ...settings });
  }

  /** The reason that the first attempt to connect gives. */
  async function refusal(broker: KafkaBroker): Promise<GridwireError> {
    let reason: GridwireError | undefined;
    broker.on('state', (_state, error) => (reason ??= error));
    await broker.connect();
    assert.equal(broker.isConnected(), false);
    assert.ok(reason);
    return reason;
  }

  it('refuse a topic that is not there and may not be created, at once and for good', async () => {
    const broker = create();
    await broker.connect();
    const began = Date.now();
    const error = await fault(broker.publish(message('no/such/topic')), 'TOPIC_UNKNOWN');
    assert.equal(error.fault, 'permanent');
    assert.ok(Date.now() - began < 5_000, 'it was found out without waiting for retries');
    await fault(
      broker.subscribe('no/such/topic', () => undefined),
      'SUBSCRIBE_REFUSED',
    );
    await broker.publish(message('plain'));
  });

  it('do not spread from a topic that is not there to others', async () => {
    const broker = create();
    await broker.connect();
    const results = await Promise.allSettled(
      ['plain', 'missing/1', 'plain', 'missing/2', 'plain'].map((topic) => broker.publish(message(topic))),
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    );
  });

  for (const qos of [1, 2] as const) {
    it(`find the one message that the topic does not take among others of QoS ${qos}`, async () => {
      const broker = create({ compression: 'none' });
      await broker.connect();
      const texts = ['a', 'b', 'x'.repeat(3_000), 'c', 'd'];
      const results = await Promise.allSettled(
        texts.map((text) => broker.publish(message('narrow', text, { qos, key: 'one' }))),
      );
      assert.deepEqual(
        results.map((result) =>
          result.status === 'rejected' ? (result.reason as GridwireError).code : 'taken',
        ),
        ['taken', 'taken', 'BODY_TOO_LARGE', 'taken', 'taken'],
      );
    });
  }

  it('refuse a message larger than the settings allow before it is sent', async () => {
    const broker = create({ batchBytes: 5_000 });
    await broker.connect();
    await fault(broker.publish(message('plain', 'x'.repeat(6_000))), 'BODY_TOO_LARGE');
  });

  for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
    it(`tell a wrong password by ${mechanism} from a broker that is away`, async () => {
      const error = await refusal(
        secure({ mechanism, username: KAFKA_USER.username, password: 'wrong-secret' }),
      );
      assert.equal(error.code, 'BROKER_UNAUTHORISED');
      assert.doesNotMatch(error.message, /wrong-secret/);
    });
  }

  it('do not befall a user with the right password, permissions and token', async () => {
    const unsecured = `${base64url({ alg: 'none' })}.${base64url({ sub: KAFKA_USER.username, iat: seconds(0), exp: seconds(600) })}.`;
    for (const sasl of [
      SASL,
      { mechanism: 'plain', ...KAFKA_USER },
      { mechanism: 'oauthbearer', token: () => Promise.resolve(unsecured) },
    ] satisfies KafkaSasl[]) {
      const broker = secure(sasl);
      await broker.connect();
      const seen: string[] = [];
      const subscription = await broker.subscribe(
        'allowed',
        (delivery) => {
          seen.push(Buffer.from(delivery.message.body).toString());
          delivery.settle('ack');
        },
        { group: 'ours' },
      );
      await broker.publish(message('allowed', sasl.mechanism));
      await until('it came', () => seen.includes(sasl.mechanism));
      await subscription.close();
    }
  });

  it('name the missing permission: for a topic, for a group', async () => {
    const broker = secure();
    await broker.connect();
    // The servers' certificates have been seen on the way.
    const [certificate, ...others] = broker.certificates;
    assert.deepEqual([certificate?.whose, others], ['broker', []]);
    assert.ok((certificate?.endsAt ?? 0) > Date.now());
    const error = await fault(broker.publish(message('private')), 'BROKER_REFUSED');
    assert.equal(error.fault, 'permanent');
    assert.match(error.message, /no permission for the topic/);
    await fault(
      broker.subscribe('private', () => undefined),
      'SUBSCRIBE_REFUSED',
    );
    const group = await fault(
      broker.subscribe('allowed', () => undefined, { group: 'theirs' }),
      'SUBSCRIBE_REFUSED',
    );
    assert.match(group.message, /consumer group/);
  });

  it('say what is wrong with the certificate: unknown CA, wrong host name, expired', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-ca-'));
    const other = new TestCa(folder);
    const unknown = await refusal(secure(SASL, { tls: { ca: other.certificate } }));
    assert.deepEqual(
      [unknown.code, /unknown CA|not signed by the CA/.test(unknown.message)],
      ['BROKER_UNREACHABLE', true],
    );

    const [, port] = (kafka.secureBrokers.split(',')[0] ?? '').split(':');
    const name = await refusal(secure(SASL, { brokers: [`localhost:${port ?? ''}`] }));
    assert.match(name.message, /another host name/);

    const { key, certificate } = other.issue({ days: -1 });
    const server = tls.createServer({ key, cert: certificate }).listen(0, '127.0.0.1');
    server.on('tlsClientError', () => undefined);
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address() as net.AddressInfo;
    const expired = await refusal(
      secure(SASL, { brokers: [`127.0.0.1:${address.port}`], tls: { ca: other.certificate } }),
    );
    assert.match(expired.message, /expired/);
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('tell a port without Kafka behind it', async () => {
    const error = await refusal(create({ brokers: ['127.0.0.1:1'] }));
    assert.equal(error.code, 'BROKER_UNREACHABLE');
    assert.match(error.message, /nothing listens there/);
  });
});

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function seconds(fromNow: number): number {
  return Math.round(Date.now() / 1000) + fromNow;
}
