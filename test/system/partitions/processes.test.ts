import assert from 'node:assert/strict';
import type { Kafka } from '../../../scripts/services/index.js';
import { ownKafka } from '../../support/kafka.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import type { NodeRedProcess } from '../../support/node-red-process.js';
import { until } from '../../support/wait.js';
import { needsPostgres, TestDatabase } from '../../support/postgres.js';
import { Fleet } from './fleet.js';
import { KafkaTally } from './kafka-tally.js';
import { Processes, sitesOf } from './processes.js';

const SITES = 4;
const PARTITIONS = 6;
const PATIENCE = 60_000;

describe('EcoGrid pipeline in two processes (Mosquitto, Kafka, PostgreSQL)', function () {
  this.timeout(300_000);
  let mosquitto: CrashableMosquitto | undefined;
  let kafka: Kafka | undefined;
  let database: TestDatabase | undefined;
  let processes: Processes | undefined;
  let fleet: Fleet | undefined;
  let tally: KafkaTally | undefined;

  before(async function () {
    needsPostgres(this);
    mosquitto = await startMosquitto(this, {
      config: ['allow_anonymous true', 'max_queued_messages 1000000'],
    });
    kafka = await ownKafka(this);
    database = await TestDatabase.create();
    const services = { mqttPort: mosquitto.port, kafka: kafka.brokers, postgres: database.settings };
    const options = { sites: SITES, kafkaPartitions: PARTITIONS, protocolVersion: '4' } as const;
    processes = new Processes(services, options);
    await processes.start();
    await processes.start();
    await processes.spread();
    fleet = await Fleet.of(100, SITES, mosquitto.port);
    tally = await KafkaTally.of(kafka.brokers, fleet, PARTITIONS);
  });
  after(async () => {
    await tally?.stop();
    await fleet?.end();
    await processes?.stop();
    await database?.drop();
    await kafka?.stop();
    await mosquitto?.stop();
  });

  it('divides the sites, and goes on without loss and in order when one process is killed', async () => {
    const [killed, survivor] = processes!.alive as [NodeRedProcess, NodeRedProcess];
    const first = Date.now() - 60_000;
    for (let device = 0; device < SITES; device += 1) await fleet!.status(device, 'ERROR', first);
    await fleet!.send(2_000, 500);
    await until('every status is told', () => tally!.statuses.length >= SITES, PATIENCE);
    assert.equal(sitesOf(killed).length + sitesOf(survivor).length, SITES + 1);

    const sending = fleet!.send(6_000, 500);
    await until('both are at work', () => tally!.distinct > 2_500, PATIENCE);
    await processes!.kill(killed);
    await until('the other has everything', () => sitesOf(survivor).length === SITES + 1, PATIENCE);
    await sending;
    await until('all are on Kafka', () => tally!.missing === 0, PATIENCE).catch(() => undefined);
    assert.deepEqual(
      { missing: tally!.missing, outOfOrder: tally!.outOfOrder },
      { missing: 0, outOfOrder: 0 },
    );

    // The survivor knows what the killed one knew of its devices.
    const known = tally!.statuses.length;
    for (let device = 0; device < SITES; device += 1) {
      await fleet!.status(device, 'ERROR', first + 1);
      await fleet!.status(device, 'MAINTENANCE', first + 2);
    }
    await until('the changes are told', () => tally!.statuses.length >= known + SITES, PATIENCE);
    for (const { previousStatus, newStatus } of tally!.statuses.slice(known))
      assert.deepEqual({ previousStatus, newStatus }, { previousStatus: 'ERROR', newStatus: 'MAINTENANCE' });
    assert.equal(tally!.statuses.length, known + SITES);
  });

  it('gives a process that joins its share, and hands over in order when one stops', async () => {
    const sending = fleet!.send(8_000, 500);
    const joined = await processes!.start();
    await processes!.spread();
    const [survivor] = processes!.alive as [NodeRedProcess];
    await until('it works', () => sitesOf(joined).length >= 2, PATIENCE);
    processes!.alive.splice(0, 1);
    await survivor.stop();
    await until('it has everything', () => sitesOf(joined).length === SITES + 1, PATIENCE);
    await sending;
    await until('all are on Kafka', () => tally!.missing === 0, PATIENCE).catch(() => undefined);
    assert.deepEqual(
      { missing: tally!.missing, outOfOrder: tally!.outOfOrder },
      { missing: 0, outOfOrder: 0 },
    );
  });
});
