import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { KAFKA_VERSION } from '../../../scripts/services/kafka/jars.js';

interface Service {
  image: string;
  ports: string[];
  healthcheck: { test: string[] };
}

const FILE = path.resolve(__dirname, '../../../compose.yaml');

describe('compose.yaml', () => {
  const { services } = parse(readFileSync(FILE, 'utf8')) as { services: Record<string, Service> };

  it('starts the version of Kafka that the tests run against', () => {
    assert.equal(services['kafka']?.image, `apache/kafka:${KAFKA_VERSION}`);
  });

  it('listens on the loopback interface only, waits for every service, and names a version of each', () => {
    assert.deepEqual(Object.keys(services).sort(), ['kafka', 'mosquitto', 'postgresql']);
    for (const [name, { image, ports, healthcheck }] of Object.entries(services)) {
      assert.match(image, /:\d+\.\d+(\.\d+)?$/, name);
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/, name);
      assert.ok(healthcheck.test.length > 1, name);
    }
  });
});
