import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { cachedFolder } from '../cache.js';
import { DOCKER_HINT, findProgram, ServiceUnavailable } from '../service.js';

const POM = path.join(__dirname, 'pom.xml');
const FETCH_LIMIT_MS = 10 * 60_000;

/** The version that the tests run against, from pom.xml. */
export const KAFKA_VERSION = /<kafka\.version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1] ?? '';

/** How to run a Java class. */
export interface Java {
  readonly java: string;
  readonly classPath: string;
}

/**
 * Apache Kafka's published jars (about 60 MB).
 * @throws ServiceUnavailable without Java, or without Maven and a filled cache
 */
export function kafkaJava(): Java {
  return fetchedJava(POM, `kafka-${KAFKA_VERSION}`, `Apache Kafka ${KAFKA_VERSION}`);
}

/**
 * What a pom.xml depends on, fetched by Maven into the user's cache on first use.
 * @param name the folder in the cache; it has to change with the pom
 * @param what for people
 * @throws ServiceUnavailable without Java, or without Maven and a filled cache
 */
export function fetchedJava(pom: string, name: string, what: string): Java {
  const remedy = `"apt-get install default-jre-headless maven", ${DOCKER_HINT}`;
  const java = findProgram('java');
  if (java === undefined) throw new ServiceUnavailable(`no java for ${what}: ${remedy}`);
  const folder = cachedFolder(name, (partial) => {
    const maven = findProgram('mvn');
    if (maven === undefined) throw new ServiceUnavailable(`no maven to fetch ${what} with: ${remedy}`);
    console.log(`   fetching ${what} with Maven; this takes minutes the first time`);
    fetchJars(maven, pom, partial);
  });
  return { java, classPath: path.join(folder, '*') };
}

function fetchJars(maven: string, pom: string, folder: string): void {
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  const result = spawnSync(maven, ['-B', '-q', '-f', pom, ...goal], {
    encoding: 'utf8',
    timeout: FETCH_LIMIT_MS,
  });
  if (result.status !== 0)
    throw new ServiceUnavailable(`Maven could not fetch it: ${(result.stdout + result.stderr).trim()}`);
}
