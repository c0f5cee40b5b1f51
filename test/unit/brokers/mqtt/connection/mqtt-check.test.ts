import assert from 'node:assert/strict';
import type { Finding, Subject } from '../../../../../src/brokers/broker-check.js';
import { MqttBroker } from '../../../../../src/brokers/mqtt/mqtt-broker.js';
import type { MqttSettings } from '../../../../../src/brokers/mqtt/connection/mqtt-settings.js';
import type { GridwireError } from '../../../../../src/errors.js';
import { type CrashableMosquitto, startMosquitto } from '../../../../support/mosquitto.js';
import { until } from '../../../../support/wait.js';

describe('what an MQTT broker promises (Mosquitto)', function () {
  this.timeout(30_000);
  let mosquitto: CrashableMosquitto | undefined;
  let brokers: MqttBroker[] = [];

  afterEach(async () => {
    await Promise.all(brokers.map((broker) => broker.disconnect()));
    brokers = [];
    await mosquitto?.stop();
  });

  async function start(context: Mocha.Context, config: string[], files: Record<string, string> = {}) {
    mosquitto = await startMosquitto(context, {
      config: ['allow_anonymous true', 'sys_interval 1', ...config],
      files,
    });
  }
  async function connected(settings: MqttSettings): Promise<MqttBroker> {
    const reconnect = { minimum: 20, maximum: 100 };
    const broker = new MqttBroker({ host: '127.0.0.1', port: mosquitto?.port ?? 0, reconnect, ...settings });
    brokers.push(broker);
    await broker.connect();
    return broker;
  }
  const of = (findings: Finding[], wanted: Subject): Finding | undefined =>
    findings.find(({ subject }) => subject === wanted);
  const message = { topic: 't', body: Buffer.from('x'), qos: 1, retain: false, headers: {} } as const;

  it('tells of messages that it drops for a session that is away, while it happens', async function () {
    await start(this, ['max_queued_messages 5']);
    const away = await connected({ clientId: 'away' });
    await away.subscribe('t', (delivery) => delivery.settle('ack'));
    await away.disconnect();

    const sender = await connected({ protocolVersion: 5 });
    const problems: GridwireError[] = [];
    sender.on('problem', (problem) => problems.push(problem));
    let before: Finding | undefined;
    await until('the counter is known', () => {
      void sender.check().then((findings) => (before = of(findings, 'drops')));
      return before?.judgement === 'good';
    });
    await Promise.all(Array.from({ length: 100 }, () => sender.publish(message)));
    await until('the loss is told', () => problems.length > 0);
    const [problem] = problems;
    assert.equal(problem?.code, 'BROKER_DROPPED');
    assert.match(problem.message, /has dropped \d+ messages.*max_queued_messages/);
    const lost = Number(problem.details['count']);
    // Mosquitto keeps 5, and some of what is under way counts apart.
    assert.ok(lost >= 70 && lost <= 95, `${lost} of 100 are said to be lost`);
    const drops = of(await sender.check(), 'drops');
    assert.deepEqual([drops?.judgement, Number(drops?.values['count']) >= lost], ['risk', true]);
  });

  it('says what CONNACK and $SYS say, and what no broker says', async function () {
    await start(this, ['max_packet_size 5000']);
    const five = await connected({ protocolVersion: 5, clientId: 'five', sessionExpiry: 7200 });
    let findings: Finding[] = [];
    await until('the broker has told its version', () => {
      void five.check().then((found) => (findings = found));
      return /mosquitto/.test(String(of(findings, 'connection')?.values['version']));
    });
    assert.deepEqual(
      findings
        // What it says of itself comes one by one.
        .filter(({ subject }) => subject !== 'stored' && subject !== 'away')
        .map(({ subject, judgement }) => `${subject} ${judgement}`),
      [
        'connection good',
        'protocol good',
        'session good',
        'window good',
        'packet-size good',
        'retain good',
        'drops good',
        'queue unknown',
        'persistence unknown',
      ],
    );
    assert.equal(of(findings, 'session')?.values['hours'], 2);
    assert.equal(of(findings, 'packet-size')?.values['bytes'], 5000);

    const four = await connected({ protocolVersion: 4 });
    assert.deepEqual(
      (await four.check()).filter(({ judgement }) => judgement === 'risk').map(({ subject }) => subject),
      ['protocol', 'session'],
    );
  });

  it('says that it cannot see losses where $SYS may not be read, and goes on working', async function () {
    await start(this, ['acl_file {dir}/acl'], { acl: 'topic readwrite t\n' });
    const broker = await connected({ protocolVersion: 5 });
    await broker.publish(message);
    assert.equal(of(await broker.check(), 'drops')?.judgement, 'unknown');
    await broker.disconnect();
    assert.deepEqual(
      (await broker.check()).map(({ subject, judgement }) => `${subject} ${judgement}`),
      ['connection unknown'],
    );
  });
});
