import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ServiceUnavailable } from '../../../../scripts/services/index.js';
import { type Java, kafkaJava } from '../../../../scripts/services/kafka/jars.js';
import { findProgram } from '../../../../scripts/services/service.js';
import { partitionOf } from '../../../../src/brokers/kafka/outbound/partitioner.js';

const PROGRAM = path.join(__dirname, 'Partitions.java');

describe('Kafka partitions', function () {
  this.timeout(600_000);
  let java: Java | undefined;

  before(function () {
    try {
      if (findProgram('javac') === undefined)
        throw new ServiceUnavailable('no javac: "apt-get install default-jdk-headless"');
      java = kafkaJava();
    } catch (error) {
      if (!(error instanceof ServiceUnavailable) || process.env['CI'] === 'true') throw error;
      console.log(`      skipped: ${error.message}`);
      this.skip();
    }
  });

  for (const count of [6, 17]) {
    it(`of 10,000 keys are those that Java's own producer picks among ${count}`, () => {
      const keys = Array.from({ length: 10_000 }, (_, index) => keyOf(index));
      const { stdout, stderr } = spawnSync(java!.java, ['-cp', java!.classPath, PROGRAM, String(count)], {
        input: keys.join('\n'),
        encoding: 'utf8',
      });
      const picked = stdout.trim().split('\n').map(Number);
      assert.equal(picked.length, keys.length, stderr);
      assert.deepEqual(
        keys.filter((key, index) => partitionOf(key, count) !== picked[index]),
        [],
      );
    });
  }
});

/** Serial numbers, MAC addresses, UUID-like texts and names beyond ASCII, of every length. */
function keyOf(index: number): string {
  const forms = [
    `INV-${index}`,
    `AA:BB:${(index * 7919).toString(16)}`,
    `${'x'.repeat(index % 37)}${index}`,
    `Zähler-${index}-⚡`,
  ];
  return forms[index % forms.length]!;
}
