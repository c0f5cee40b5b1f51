import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ServiceUnavailable } from '../../../scripts/services/index.js';
import { fetchedJava } from '../../../scripts/services/kafka/jars.js';
import { findProgram } from '../../../scripts/services/service.js';

const run = promisify(execFile);
const VERSION = '4.0.0';

/** A service with Spring for Apache Kafka, as far as dead letters go: Letters.java. */
export interface SpringService {
  /** Lets Spring's own recoverer write a letter of `orders` to `orders-dlt`. */
  writeLetter(brokers: string): Promise<void>;
  /** What a listener of Spring finds in the first letter of a topic, by name. */
  readLetter(brokers: string, topic: string): Promise<Record<string, string>>;
  remove(): void;
}

/** Skips the suite with a stated reason where it cannot be had; with CI=true that is a failure. */
export async function springService(context: Mocha.Context): Promise<SpringService> {
  context.timeout(600_000);
  try {
    return await compiled();
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['CI'] === 'true') throw error;
    console.log(`      skipped: ${error.message}`);
    context.skip();
  }
}

async function compiled(): Promise<SpringService> {
  const pom = path.join(__dirname, 'pom.xml');
  const { java, classPath } = fetchedJava(
    pom,
    `spring-kafka-${VERSION}`,
    `Spring for Apache Kafka ${VERSION}`,
  );
  const javac = findProgram('javac');
  if (javac === undefined) throw new ServiceUnavailable('no javac: "apt-get install default-jdk-headless"');
  const classes = mkdtempSync(path.join(os.tmpdir(), 'gridwire-spring-'));
  await run(javac, ['-cp', classPath, '-d', classes, path.join(__dirname, 'Letters.java')]);
  const letters = async (...parameters: string[]): Promise<string> => {
    const { stdout } = await run(java, ['-cp', `${classes}:${classPath}`, 'Letters', ...parameters]);
    return stdout;
  };
  return {
    async writeLetter(brokers) {
      await letters('write', brokers);
    },
    async readLetter(brokers, topic) {
      const lines = (await letters('read', brokers, topic)).trim().split('\n');
      const entries = lines.map((line): [string, string] => {
        const [, name = line, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
        return [name, value];
      });
      return Object.fromEntries(entries);
    },
    remove: () => rmSync(classes, { recursive: true, force: true }),
  };
}
