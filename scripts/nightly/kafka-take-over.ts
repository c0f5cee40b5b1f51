/**
 * node_modules/.bin/tsx scripts/nightly/kafka-take-over.ts [session timeout in seconds, ...]
 * Two processes read a topic of a real Kafka as one group, and one is killed with SIGKILL: how long it takes until the
 * other works on the dead one's partitions. None of the messages may be lost. Session timeouts by default: 6 and 10.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { KafkaBroker } from '../../src/brokers/kafka/kafka-broker.js';
import { partitionOf } from '../../src/brokers/kafka/outbound/partitioner.js';
import { startKafka } from '../services/index.js';

const PARTITIONS = 4;
/** Milliseconds between two messages of a partition. */
const EVERY = 50;
/** Seconds that a take-over may last beyond the session timeout. */
const ALLOWED = 10;
const READER = path.resolve(__dirname, '../../test/system/brokers/kafka/reader.program.ts');

interface Reader {
  child: ChildProcess;
  /** When each partition was last worked on, by partition. */
  seenAt: Map<string, number>;
}

async function main(): Promise<void> {
  const timeouts = process.argv.slice(2).map(Number);
  const kafka = await startKafka();
  try {
    for (const seconds of timeouts.length > 0 ? timeouts : [6, 10]) {
      const result = await takeOver(kafka.brokers, seconds);
      console.log(JSON.stringify({ sessionTimeout: seconds, ...result }));
      if (result.lost > 0 || result.pause > seconds + ALLOWED) process.exitCode = 1;
    }
  } finally {
    await kafka.stop();
  }
}

/** @returns `pause` in seconds, the longest of any partition of the dead process */
async function takeOver(brokers: string, seconds: number) {
  const topic = `take-over-${seconds}`;
  const sent = new Set<string>();
  const done = new Set<string>();
  let repeated = 0;
  const read = (): Reader => {
    const options = ['--require', 'tsx/cjs', READER, brokers, topic, String(seconds * 1000)];
    const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
    const seenAt = new Map<string, number>();
    createInterface(child.stdout).on('line', (line) => {
      seenAt.set(line.split(' ')[0] ?? '', Date.now());
      if (done.has(line)) repeated += 1;
      done.add(line);
    });
    return { child, seenAt };
  };

  const publisher = new KafkaBroker({
    brokers: brokers.split(','),
    createTopics: { partitions: PARTITIONS, replicas: 1 },
  });
  await publisher.connect();
  let writing = true;
  const writers = keys().map(async (key, partition) => {
    for (let number = 0; writing; number += 1) {
      const text = `${partition} ${number}`;
      await publisher.publish({ topic, body: Buffer.from(text), key, qos: 1, retain: false, headers: {} });
      sent.add(text);
      await delay(EVERY);
    }
  });
  const readers = [read(), read()] as const;
  const [dying, staying] = readers;
  const share = PARTITIONS / 2;
  await until(() => readers.every(({ seenAt }) => atWork(seenAt).length === share));

  const lost = atWork(dying.seenAt);
  dying.child.kill('SIGKILL');
  const killed = Date.now();
  await until(() => lost.every((partition) => (staying.seenAt.get(partition) ?? 0) > killed));
  const pause = (Date.now() - killed) / 1000;
  writing = false;
  await Promise.all(writers);
  await until(() => [...sent].every((text) => done.has(text))).catch(() => undefined);
  staying.child.kill('SIGKILL');
  await publisher.disconnect();
  const missing = [...sent].filter((text) => !done.has(text)).length;
  return { sent: sent.size, lost: missing, repeated, pause };
}

/** The partitions that were worked on within the last second. */
function atWork(seenAt: ReadonlyMap<string, number>): string[] {
  return [...seenAt].filter(([, at]) => Date.now() - at < 1_000).map(([partition]) => partition);
}

/** A key for each partition. */
function keys(): string[] {
  const found: string[] = [];
  for (let number = 0; Object.keys(found).length < PARTITIONS; number += 1)
    found[partitionOf(`key-${number}`, PARTITIONS)] ??= `key-${number}`;
  return found;
}

async function until(condition: () => boolean, milliseconds = 120_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) throw new Error('It took too long.');
    await delay(20);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
