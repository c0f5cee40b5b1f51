import { spawnSync, type SpawnOptions } from 'node:child_process';
import { chownSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startServer } from './child.js';
import {
  answers,
  DOCKER_HINT,
  findProgram,
  freePort,
  type Service,
  ServiceUnavailable,
  versionedFolders,
} from './service.js';

/** Milliseconds until a server that says that it is starting counts as one that does not. */
const START_PATIENCE = 30_000;

export interface PostgreSql extends Service {
  readonly url: string;
  /** Ends it without any order, as a crash does; `startAgain` brings it back with its data, on its port. */
  crash(): Promise<void>;
  startAgain(): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** The PostgreSQL that `GRIDWIRE_POSTGRES_URL` names, or one of our own on an ephemeral port. */
export async function findOrStartPostgreSql(): Promise<Service> {
  const url = process.env['GRIDWIRE_POSTGRES_URL'];
  if (url === undefined || url === '') return startPostgreSql();
  const { hostname, port, host } = new URL(url);
  if (!(await answers(hostname, Number(port || 5432)))) {
    throw new ServiceUnavailable(`GRIDWIRE_POSTGRES_URL is set, and nothing answers at ${host}`);
  }
  return { description: `PostgreSQL found at ${host}`, env: {}, stop: () => Promise.resolve() };
}

/**
 * Starts a real PostgreSQL with an empty cluster in a temporary folder: user and database `gridwire`, loopback only,
 * no password.
 * @throws ServiceUnavailable if it is not installed or does not start
 */
export async function startPostgreSql(): Promise<PostgreSql> {
  const debianFolders = versionedFolders('/usr/lib/postgresql', 'bin');
  const initdb = findProgram('initdb', debianFolders);
  const postgres = findProgram('postgres', debianFolders);
  const psql = findProgram('psql', debianFolders);
  if (initdb === undefined || postgres === undefined || psql === undefined) {
    throw new ServiceUnavailable(`no postgresql: "apt-get install postgresql", ${DOCKER_HINT}`);
  }
  const port = await freePort();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-postgresql-'));
  const data = path.join(folder, 'data');
  const account = unprivilegedAccount();
  if (account.uid !== undefined && account.gid !== undefined) chownSync(folder, account.uid, account.gid);

  runToEnd(
    initdb,
    ['-D', data, '-U', 'gridwire', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    account,
  );
  const args = ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1'];
  const start = () => startServer(postgres, args, port, folder, account);
  let server = await start();
  const address = ['-h', '127.0.0.1', '-p', String(port), '-U', 'gridwire'];
  try {
    await onceStarted(() =>
      runToEnd(psql, [...address, '-d', 'postgres', '-c', 'CREATE DATABASE gridwire'], account),
    );
  } catch (error) {
    await server.stop('SIGINT');
    throw error;
  }
  const url = `postgres://gridwire@127.0.0.1:${String(port)}/gridwire`;
  return {
    description: `${version(postgres)} started on port ${String(port)}`,
    env: { GRIDWIRE_POSTGRES_URL: url },
    url,
    // Its children end with it, which they do not at SIGKILL: then their memory is in the way of the next one.
    crash: () => server.end('SIGQUIT'),
    startAgain: async () => {
      server = await start();
    },
    stop: (signal = 'SIGINT') => server.stop(signal),
  };
}

/** The port answers a moment before the server takes questions. */
async function onceStarted(ask: () => void): Promise<void> {
  for (const end = Date.now() + START_PATIENCE; ;) {
    try {
      ask();
      return;
    } catch (error) {
      if (!/starting up/.test(String(error)) || Date.now() > end) throw error;
      await delay(100);
    }
  }
}

/** PostgreSQL refuses to run as root, so root runs it as the `postgres` user of Debian's package. */
function unprivilegedAccount(): Pick<SpawnOptions, 'uid' | 'gid'> {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim());
  const [uid, gid] = [id('-u'), id('-g')];
  if (!(uid > 0)) {
    throw new ServiceUnavailable(
      'PostgreSQL does not run as root and there is no user postgres to run it as',
    );
  }
  return { uid, gid };
}

function runToEnd(
  command: string,
  args: readonly string[],
  account: Pick<SpawnOptions, 'uid' | 'gid'>,
): void {
  const result = spawnSync(command, args, { ...account, cwd: os.tmpdir(), encoding: 'utf8' });
  if (result.status !== 0)
    throw new ServiceUnavailable(
      `${path.basename(command)} failed: ${result.error?.message ?? result.stderr}`,
    );
}

function version(postgres: string): string {
  const text = spawnSync(postgres, ['--version'], { encoding: 'utf8' }).stdout;
  return `postgresql ${/\d+[\d.]*/.exec(text)?.[0] ?? ''}`.trim();
}
