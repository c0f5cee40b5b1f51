import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DOCKER_HINT, findProgram, ServiceUnavailable } from '../service.js';

const POM = path.join(__dirname, 'pom.xml');
const FETCH_LIMIT_MS = 10 * 60_000;

/** The version that the tests run against, from pom.xml. */
export const KAFKA_VERSION = /<kafka\.version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1] ?? '';

/** How to run a Java class of Kafka. */
export interface KafkaJava {
  readonly java: string;
  readonly classPath: string;
}

/**
 * Apache Kafka's published jars, fetched by Maven into the user's cache on first use (about 60 MB).
 * @throws ServiceUnavailable without Java, or without Maven and a filled cache
 */
export function kafkaJava(): KafkaJava {
  const remedy = `"apt-get install default-jre-headless maven", ${DOCKER_HINT}`;
  const java = findProgram('java');
  if (java === undefined) throw new ServiceUnavailable(`no java for Kafka: ${remedy}`);
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  const folder = path.join(cache, 'gridwire', `kafka-${KAFKA_VERSION}`);
  if (!existsSync(folder)) {
    const maven = findProgram('mvn');
    if (maven === undefined) throw new ServiceUnavailable(`no maven to fetch Kafka with: ${remedy}`);
    fetchJars(maven, folder);
  }
  return { java, classPath: path.join(folder, '*') };
}

/** Fetches into a folder of its own and moves it in one step, so that an interrupted fetch is never taken for whole. */
function fetchJars(maven: string, folder: string): void {
  console.log(`   fetching Apache Kafka ${KAFKA_VERSION} with Maven; this takes minutes the first time`);
  const partial = `${folder}.${String(process.pid)}`;
  mkdirSync(partial, { recursive: true });
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
  const result = spawnSync(maven, ['-B', '-q', '-f', POM, ...goal], {
    encoding: 'utf8',
    timeout: FETCH_LIMIT_MS,
  });
  if (result.status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new ServiceUnavailable(`Maven could not fetch Kafka: ${(result.stdout + result.stderr).trim()}`);
  }
  if (existsSync(folder)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, folder);
}
