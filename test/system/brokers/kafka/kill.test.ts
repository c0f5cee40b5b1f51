import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Kafka } from '../../../../scripts/services/index.js';
import { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';
import { until } from '../../../support/wait.js';
import { ownKafka } from '../../../support/kafka.js';

const COUNT = 2_000;
const PATIENCE = 120_000;

describe('Kafka reader that is killed', function () {
  this.timeout(240_000);
  let kafka: Kafka | undefined;
  const children: ChildProcess[] = [];

  before(async function () {
    kafka = await ownKafka(this);
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await kafka?.stop();
  });

  function reader(topic: string, done: string[]): ChildProcess {
    const program = path.join(__dirname, 'reader.program.ts');
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', program, kafka!.brokers, topic], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    createInterface(child.stdout).on('line', (line) => done.push(line));
    return child;
  }

  it('loses nothing: what was not done is done by the next, and what was settled long before is not done again', async () => {
    const publisher = new KafkaBroker({
      brokers: kafka!.brokers.split(','),
      createTopics: { partitions: 4, replicas: 1 },
    });
    await publisher.connect();
    const sent = Array.from({ length: COUNT }, (_, number) => `${number}`);
    await Promise.all(
      sent.map((text) =>
        publisher.publish({
          topic: 'killed',
          body: Buffer.from(text),
          key: text,
          qos: 1,
          retain: false,
          headers: {},
        }),
      ),
    );
    await publisher.disconnect();

    const before: string[] = [];
    const first = reader('killed', before);
    await until('half of them are done', () => before.length > COUNT / 2, PATIENCE);
    const gone = once(first, 'exit');
    first.kill('SIGKILL');
    await gone;

    const later: string[] = [];
    reader('killed', later);
    await until('the rest is done', () => new Set([...before, ...later]).size === COUNT, PATIENCE);
    const twice = later.filter((text) => before.includes(text));
    assert.ok(twice.length < before.length, 'it began where the offsets were, not at the beginning');
  });
});
