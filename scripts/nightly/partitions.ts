/**
 * node_modules/.bin/tsx scripts/nightly/partitions.ts [processes, such as 1,2,4] [devices] [messages] [rate] [share]
 * EcoGrid's pipeline from MQTT to Kafka on several Node-RED processes, by default with 100,000 simulated devices: what it
 * costs and how fast it is, and what happens when one process is killed with SIGKILL under a steady load: nothing may be
 * lost or out of order, and the others have to take over within ten seconds. With a share, each process gets so many hundredths of a core and no more (needs root): on a
 * machine with too few cores for all of them that shows how the rate grows where each has its own. Run `npm run build`
 * before.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { Context } from 'mocha';
import { Fleet } from '../../test/system/partitions/fleet.js';
import { KafkaTally } from '../../test/system/partitions/kafka-tally.js';
import { Processes, sitesOf } from '../../test/system/partitions/processes.js';
import { TestDatabase } from '../../test/support/postgres.js';
import { startMosquitto } from '../../test/support/mosquitto.js';
import { until } from '../../test/support/wait.js';
import { startKafka } from '../services/kafka/kafka.js';
import { findOrStartPostgreSql } from '../services/postgresql.js';
import { limitToShare } from './core-share.js';

const SITES = 8;
const KAFKA_PARTITIONS = 12;
const TAKE_OVER = 10_000;
const PATIENCE = 600_000;
const MOSQUITTO = ['allow_anonymous true', 'max_queued_messages 10000000'];

const counts = (process.argv[2] ?? '1,2,4').split(',').map(Number);
const devices = Number(process.argv[3] ?? 100_000);
const messages = Number(process.argv[4] ?? 100_000);
const rate = Number(process.argv[5] ?? 500);
const share = process.argv[6] === undefined ? undefined : Number(process.argv[6]);

/** Processor time a process has used, milliseconds (Linux counts in hundredths of a second), and its memory in MiB. */
function usage(pid: number): { cpu: number; memory: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) * 10, memory: Number(memory) / 1024 };
}

async function run(count: number): Promise<void> {
  const context = { skip: () => process.exit(1), timeout: () => undefined } as unknown as Context;
  const mosquitto = await startMosquitto(context, { config: MOSQUITTO });
  const kafka = await startKafka();
  const database = await TestDatabase.create();
  const services = { mqttPort: mosquitto.port, kafka: kafka.brokers, postgres: database.settings };
  const processes = new Processes(services, {
    sites: SITES,
    kafkaPartitions: KAFKA_PARTITIONS,
    protocolVersion: '5',
  });
  for (let each = 0; each < count; each += 1) await processes.start();
  await processes.spread();
  const fleet = await Fleet.of(devices, SITES, mosquitto.port);
  let unlimit: (() => void)[] = [];
  try {
    const tally = await KafkaTally.of(kafka.brokers, fleet, KAFKA_PARTITIONS);
    // The first messages warm the code up.
    await fleet.send(1_000);
    const arrived = () => until('all have arrived', () => tally.missing === 0, PATIENCE);
    await arrived();
    if (share !== undefined) unlimit = processes.alive.map(({ pid }) => limitToShare(pid, share));

    const before = processes.alive.map(({ pid }) => usage(pid).cpu);
    const started = performance.now();
    await fleet.send(messages);
    const sent = performance.now();
    await arrived();
    const seconds = (tally.lastAt - started) / 1000;
    const used = processes.alive.map(({ pid }, index) => usage(pid).cpu - (before[index] ?? 0));
    const cpu = used.reduce((sum, each) => sum + each, 0);
    console.log(
      JSON.stringify({
        ...{
          processes: count,
          cores: os.cpus().length,
          shareOfACore: share === undefined ? 'all' : `${share} %`,
          load: os.loadavg()[0]?.toFixed(1),
          devices,
          messages,
        },
        perSecond: Math.round(messages / seconds),
        offeredPerSecond: Math.round((messages / (sent - started)) * 1000),
        cpuMillisecondsPerMessage: (cpu / messages).toFixed(3),
        coresUsed: (cpu / 1000 / seconds).toFixed(2),
        memoryMib: processes.alive.map(({ pid }) => Math.round(usage(pid).memory)),
      }),
    );
    if (count > 1) await kill(processes, fleet, tally);
    await tally.stop();
  } finally {
    await fleet.end();
    await processes.stop();
    for (const each of unlimit) each();
    await database.drop();
    await Promise.all([kafka.stop(), mosquitto.stop()]);
  }
}

/** Kills one of them under a steady load. */
async function kill(processes: Processes, fleet: Fleet, tally: KafkaTally): Promise<void> {
  const [victim] = processes.alive;
  if (victim === undefined) return;
  const [duplicates, total] = [tally.duplicates, fleet.total];
  const sites = sitesOf(victim);
  const sending = fleet.send(rate * 30, rate);
  await until('the load is steady', () => tally.distinct > total + rate * 5, PATIENCE);
  tally.longestGap.clear();
  await processes.kill(victim);
  await sending;
  await until('all have arrived', () => tally.missing === 0, 60_000).catch(() => undefined);
  const takeOver = Math.max(...sites.map((site) => tally.longestGap.get(site) ?? 0));
  const result = {
    killed: 1,
    of: processes.alive.length + 1,
    sent: fleet.total - total,
    lost: tally.missing,
    outOfOrder: tally.outOfOrder,
    duplicates: tally.duplicates - duplicates,
    takeOverSeconds: (takeOver / 1000).toFixed(1),
  };
  console.log(JSON.stringify(result));
  if (result.lost + result.outOfOrder > 0 || takeOver > TAKE_OVER) process.exitCode = 1;
}

async function main(): Promise<void> {
  const postgres = await findOrStartPostgreSql();
  Object.assign(process.env, postgres.env);
  for (const count of counts) await run(count);
  await postgres.stop();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
