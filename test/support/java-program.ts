import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ServiceUnavailable } from '../../scripts/services/index.js';
import { fetchedJava } from '../../scripts/services/kafka/jars.js';
import { findProgram } from '../../scripts/services/service.js';

const run = promisify(execFile);

export interface JavaSources {
  /** Where pom.xml and the sources are. */
  folder: string;
  sources: string[];
  /** The class with `main`. */
  main: string;
  /** The folder of the jars in the cache; it has to change with the pom. */
  jars: string;
  /** For people. */
  what: string;
}

/** A Java program made of a test's own sources and of published jars. */
export interface JavaProgram {
  /** What it prints. */
  run(...parameters: string[]): Promise<string>;
  remove(): void;
}

/** Skips the suite with a stated reason where it cannot be had; with CI=true that is a failure. */
export async function javaProgram(context: Mocha.Context, sources: JavaSources): Promise<JavaProgram> {
  context.timeout(600_000);
  try {
    return await compiled(sources);
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['CI'] === 'true') throw error;
    console.log(`      skipped: ${error.message}`);
    context.skip();
  }
}

async function compiled({ folder, sources, main, jars, what }: JavaSources): Promise<JavaProgram> {
  const { java, classPath } = fetchedJava(path.join(folder, 'pom.xml'), jars, what);
  const javac = findProgram('javac');
  if (javac === undefined) throw new ServiceUnavailable('no javac: "apt-get install default-jdk-headless"');
  const classes = mkdtempSync(path.join(os.tmpdir(), 'gridwire-java-'));
  const files = sources.map((source) => path.join(folder, source));
  await run(javac, ['-cp', classPath, '-d', classes, ...files]);
  return {
    async run(...parameters) {
      const { stdout } = await run(java, ['-cp', `${classes}:${classPath}`, main, ...parameters]);
      return stdout;
    },
    remove: () => rmSync(classes, { recursive: true, force: true }),
  };
}
