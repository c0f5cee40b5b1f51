import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { type Kafka, KAFKA_USER } from '../../scripts/services/index.js';
import { TestCa } from '../../scripts/services/test-ca.js';
import { emptyKafka } from '../support/kafka.js';
import { asAdmin, grant } from '../support/kafka-admin.js';
import type { FlowNode } from '../support/node-red-admin.js';
import { NodeRedProcess } from '../support/node-red-process.js';
import { printingNodes } from '../support/status-flow.js';

const PATIENCE = 90_000;

/** What a user sees of each fault: on the node, in a catch node, in the log. */
describe('Kafka faults in the editor', function () {
  this.timeout(240_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-status-'));
  let kafka: Kafka | undefined;
  let nodeRed: NodeRedProcess | undefined;
  let stale: tls.Server | undefined;

  before(async function () {
    kafka = await emptyKafka(this);
    await asAdmin(kafka, async (admin) => {
      const narrow = { topic: 'narrow', configEntries: [{ name: 'max.message.bytes', value: '2000' }] };
      await admin.createTopics({ topics: [{ topic: 'private' }, narrow] });
      await admin.createAcls({ acl: [grant('topic', 'narrow', 'write')] });
    });
    const other = new TestCa(folder);
    const { key, certificate } = other.issue({ days: -1 });
    stale = tls.createServer({ key, cert: certificate }).listen(0, '127.0.0.1');
    stale.on('tlsClientError', () => undefined);
    await new Promise((resolve) => stale?.once('listening', resolve));
    writeFileSync(path.join(folder, 'kafka-ca.pem'), kafka.ca);
    nodeRed = await NodeRedProcess.start();
    await nodeRed.admin.deploy(flow(kafka, stale.address() as net.AddressInfo));
  });
  after(async () => {
    await nodeRed?.stop();
    stale?.close();
    await kafka?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function flow({ brokers, secureBrokers }: Kafka, expired: net.AddressInfo): FlowNode[] {
    const certificates = (id: string, ca: string): FlowNode => ({
      ...{ id, type: 'tls-config', ca: path.join(folder, ca), verifyservercert: true },
      ...{ cert: '', key: '', certname: '', caname: ca, servername: '' },
    });
    const broker = (id: string, more: Partial<FlowNode> = {}): FlowNode => ({
      ...{ id, type: 'gridwire-broker', transport: 'kafka', kafkaBrokers: brokers, clientId: `client-${id}` },
      ...{ compression: 'none', reconnectMinimum: '1', reconnectMaximum: '1', ...more },
    });
    const secure = (id: string, more: Partial<FlowNode> = {}): FlowNode =>
      broker(id, {
        ...{ kafkaBrokers: secureBrokers, useTls: true, tls: 'good-ca', sasl: 'scram-sha-512' },
        ...{ credentials: { ...KAFKA_USER }, ...more },
      });
    const common = { z: 'tab', contract: '', dialect: 'documented', wires: [[], []] };
    const publish = (name: string, onto: string): FlowNode => ({
      ...common,
      ...{
        id: `publish-${name}`,
        type: 'gridwire-publish',
        broker: onto,
        eventType: '',
        topic: '',
        qos: '1',
      },
      ...{ parameters: [], wires: [[]] },
    });
    const inject = (name: string, topic: string, payload = 'x'): FlowNode => ({
      ...{
        id: `send-${name}`,
        z: 'tab',
        type: 'inject',
        props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
      },
      ...{ topic, payload, payloadType: 'str', repeat: '', once: false, wires: [[`publish-${name}`]] },
    });
    const [, port] = secureBrokers.split(':');
    return [
      { id: 'tab', type: 'tab', label: 'faults' },
      ...printingNodes('tab'),
      certificates('good-ca', 'kafka-ca.pem'),
      certificates('other-ca', 'ca.pem'),
      broker('open'),
      secure('limited'),
      secure('wrong-password', { credentials: { ...KAFKA_USER, password: 'wrong-secret' } }),
      secure('wrong-ca', { tls: 'other-ca' }),
      secure('wrong-name', { kafkaBrokers: `localhost:${port}` }),
      secure('expired', { kafkaBrokers: `127.0.0.1:${expired.port}`, tls: 'other-ca' }),
      ...['wrong-password', 'wrong-ca', 'wrong-name', 'expired'].map((name) => publish(name, name)),
      ...[publish('unknown', 'open'), inject('unknown', 'no/such/topic')],
      ...[publish('private', 'limited'), inject('private', 'private')],
      ...[publish('large', 'limited'), inject('large', 'narrow', 'x'.repeat(3_000))],
      ...[publish('small', 'limited'), inject('small', 'narrow')],
      {
        ...common,
        id: 'subscribe-private',
        type: 'gridwire-subscribe',
        broker: 'limited',
        filter: 'private',
      },
      {
        ...common,
        id: 'subscribe-unknown',
        type: 'gridwire-subscribe',
        broker: 'open',
        filter: 'no/such/topic',
      },
    ];
  }

  for (const [name, why, reason] of [
    ['wrong-password', 'password', /user name or password are refused|refuses the user name, password/],
    ['wrong-ca', 'unknown CA', /unknown CA|not signed by the CA of the TLS settings/],
    ['wrong-name', "certificate's host", /another host name; connect by that name/],
    ['expired', 'certificate expired', /certificate has expired/],
  ] as const) {
    it(`show why there is no connection: ${name}`, async () => {
      await nodeRed?.waitForLine(new RegExp(`STATUS publish-${name}: disconnected: ${why}`), PATIENCE);
      const line = await nodeRed?.waitForLine(new RegExp(`gridwire-broker:${name}\\] `), PATIENCE);
      assert.match(line ?? '', reason);
      assert.doesNotMatch(nodeRed?.lines.join('\n') ?? '', /wrong-secret/);
    });
  }

  for (const [name, why, reason] of [
    ['unknown', 'no such topic', /does not exist; create it, or allow this broker to create topics/],
    ['private', 'not allowed', /no permission for the topic; grant it/],
    ['large', 'too large', /larger than the topic's max\.message\.bytes/],
  ] as const) {
    it(`show on the publishing node what Kafka refuses, and tell the catch node: ${name}`, async () => {
      await nodeRed?.admin.inject(`send-${name}`);
      const caught = await nodeRed?.waitForLine(new RegExp(`CAUGHT publish-${name}:`), PATIENCE);
      assert.match(caught ?? '', reason);
      await nodeRed?.waitForLine(new RegExp(`STATUS publish-${name}: 1 refused: ${why}`), PATIENCE);
    });
  }

  it('do not touch what the same broker takes', async () => {
    await nodeRed?.admin.inject('send-small');
    await nodeRed?.waitForLine(/STATUS publish-small: 1 sent/, PATIENCE);
  });

  for (const [name, why] of [
    ['private', 'not allowed'],
    ['unknown', '(no such topic|not allowed)'],
  ] as const) {
    it(`show on the subscribing node that it is refused: ${name}`, async () => {
      await nodeRed?.waitForLine(new RegExp(`STATUS subscribe-${name}: ${why}`), PATIENCE);
    });
  }
});
