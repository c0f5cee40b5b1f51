import assert from 'node:assert/strict';
import mqtt, { type MqttClient } from 'mqtt';
import { type Prometheus, ServiceUnavailable, startPrometheus } from '../../../scripts/services/index.js';
import { ecogridPipeline, mqttBroker } from '../../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { until } from '../../support/wait.js';

const TOKEN = 'scrape-me';
const DEVICES = 10_000;
const WITH_LOGIN = {
  adminAuth: { type: 'credentials', users: [] },
  gridwire: { metrics: { token: TOKEN } },
};

describe('what Prometheus sees of a pipeline under load', function () {
  this.timeout(180_000);
  let mosquitto: CrashableMosquitto | undefined;
  let nodeRed: NodeRedProcess | undefined;
  let prometheus: Prometheus | undefined;
  let client: MqttClient | undefined;
  const arrived: Record<string, number> = {};

  before(async function () {
    mosquitto = await startMosquitto(this, { config: ['allow_anonymous true', 'max_queued_messages 0'] });
    client = await mqtt.connectAsync({ host: '127.0.0.1', port: mosquitto.port });
    client.on('message', (topic) => (arrived[topic] = (arrived[topic] ?? 0) + 1));
    await client.subscribeAsync(['device-telemetry', 'device-status', 'device-telemetry-dlt'], { qos: 1 });
    const flows = ecogridPipeline(mqttBroker('broker', mosquitto.port, { name: 'site broker' }));
    nodeRed = await NodeRedProcess.start({ flows, settings: WITH_LOGIN });
    await nodeRed.waitForLine(/gridwire-broker:site broker\] Connected/);
    try {
      const options = { target: new URL(nodeRed.url).host, metricsPath: '/gridwire/metrics', token: TOKEN };
      prometheus = await startPrometheus(options);
    } catch (error) {
      if (!(error instanceof ServiceUnavailable) || process.env['CI'] === 'true') throw error;
      console.log(`      skipped: ${error.message}`);
      this.skip();
    }
  });
  after(async () => {
    await client?.endAsync();
    await prometheus?.stop();
    await nodeRed?.stop();
    await mosquitto?.stop();
  });

  async function value(expression: string): Promise<number> {
    return (await prometheus?.query(expression))?.[0]?.value ?? 0;
  }

  async function publish(serialNumber: string, body: string): Promise<void> {
    await client?.publishAsync(`sites/1/devices/${serialNumber}/telemetry`, body, { qos: 1 });
  }

  async function publishAll(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, number) => number);
    await Promise.all(
      numbers.map((number) =>
        publish(`SN-${number}`, number % 100 === 99 ? `{"powerKw":"bad"}` : `{"powerKw":${number}}`),
      ),
    );
  }

  const consumed = 'sum(messaging_client_consumed_messages_total)';

  it('has as many series for 10,000 devices as for 100, and every figure to the message', async () => {
    await publishAll(100);
    await until('Prometheus has seen the first ones', async () => (await value(consumed)) === 100, 30_000);
    await until('all are settled', async () => (await settled()) === 100, 30_000);
    const before = await value('count({job="gridwire"})');

    await publishAll(DEVICES);
    const total = DEVICES + 100;
    const bad = total / 100;
    await until('Prometheus has seen all', async () => (await settled()) === total, 60_000);
    await until('all have arrived', () => arrived['device-telemetry'] === total - bad);
    const sent = (where: string): Promise<number> =>
      value(`sum(messaging_client_sent_messages_total{${where}})`);
    await until(
      'Prometheus has seen the last acknowledgement',
      async () => (await sent('node="publish",type="device-telemetry"')) === arrived['device-telemetry'],
      30_000,
    );
    const figures = {
      consumed: await value(consumed),
      processed: await value('sum(messaging_process_duration_seconds_count{error_type=""})'),
      invalid: await value('sum(gridwire_validation_failures_total{rule="type"})'),
      refused: await value('sum(gridwire_refused_events_total{way="in",reason="SCHEMA_VIOLATION"})'),
      statuses: await sent('node="publish",type="device-status"'),
      letters: await value('sum(gridwire_dead_letters_total{reason="SCHEMA_VIOLATION"})'),
      lettersSent: await sent('node="dlq"'),
      accepted: await value('sum(gridwire_accepted_events_total)'),
      waiting: await value('sum(gridwire_outbox_events)'),
      inHand: await value('sum(gridwire_inbox_events)'),
      connected: await value('gridwire_broker_connected{broker="site broker"}'),
      dropped: await value('sum(gridwire_dropped_events_total)'),
    };
    const statuses = arrived['device-status'] ?? 0;
    assert.deepEqual(figures, {
      ...{ consumed: total, processed: total - bad, invalid: bad, refused: bad },
      ...{ statuses, letters: bad, lettersSent: bad, accepted: total + statuses },
      ...{ waiting: 0, inHand: 0, connected: 1, dropped: 0 },
    });
    assert.equal(arrived['device-telemetry-dlt'], bad);
    assert.equal(await value('count({job="gridwire"})'), before);
    const [template] =
      (await prometheus?.query('messaging_client_sent_messages_total{node="publish"}')) ?? [];
    assert.doesNotMatch(JSON.stringify(template), /SN-/);
  });

  function settled(): Promise<number> {
    return value('sum(gridwire_settlement_duration_seconds_count)');
  }

  it('is shown to nobody without the token or a login', async () => {
    const url = new URL('gridwire/metrics', nodeRed?.url);
    const asked = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(url, { headers })).status;
    assert.equal(await asked({}), 401);
    assert.equal(await asked({ authorization: 'Bearer scrape-you' }), 401);
    assert.equal(await asked({ authorization: `Bearer ${TOKEN}` }), 200);
  });
});
