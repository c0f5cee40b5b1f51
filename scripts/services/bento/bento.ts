import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cachedFolder } from '../cache.js';
import { startServer } from '../child.js';
import { findProgram, freePort, type Service, ServiceUnavailable } from '../service.js';

const BUILD_LIMIT_MS = 60 * 60_000;
const MODULE = path.join(__dirname, 'go.mod');

/** The version that is measured, from go.mod. */
export const BENTO_VERSION = /bento v(\S+)/.exec(readFileSync(MODULE, 'utf8'))?.[1] ?? '';

export interface Bento extends Service {
  readonly pid: number;
}

/**
 * Starts Bento, the stream processor in Go, with a configuration.
 * @throws ServiceUnavailable if it can neither be found in the cache nor built, or does not start
 */
export async function startBento(config: Readonly<Record<string, unknown>>): Promise<Bento> {
  const program = bentoProgram();
  const port = await freePort();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-bento-'));
  const file = path.join(folder, 'bento.yaml');
  const http = { address: `127.0.0.1:${String(port)}` };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ http, logger: { level: 'WARN' }, metrics: { none: {} }, ...config }));
  const server = await startServer(program, ['-c', file], port, folder);
  return {
    description: `bento ${BENTO_VERSION}`,
    env: {},
    pid: server.process.pid!,
    stop: () => server.stop(),
  };
}

/**
 * The program, built from the Go module proxy on first use, which takes minutes.
 * @throws ServiceUnavailable
 */
export function bentoProgram(): string {
  return path.join(cachedFolder(`bento-${BENTO_VERSION}`, build), 'bento');
}

function build(folder: string): void {
  const go = findProgram('go', ['/usr/local/go/bin']);
  if (go === undefined)
    throw new ServiceUnavailable(`no go to build Bento ${BENTO_VERSION} with: install Go 1.22 or later`);
  console.log(`   building Bento ${BENTO_VERSION}; this takes minutes the first time`);
  for (const name of ['main.go', 'go.mod']) copyFileSync(path.join(__dirname, name), path.join(folder, name));
  // Bento's own go.mod settles every version, and Go's checksum database what they hold.
  const command = ['build', '-mod=mod', '-trimpath', '-ldflags=-s -w', '-o', 'bento', '.'];
  const result = spawnSync(go, command, { cwd: folder, encoding: 'utf8', timeout: BUILD_LIMIT_MS });
  if (result.status === 0) return;
  const output = `${result.error?.message ?? ''}${result.stdout}${result.stderr}`.trim().slice(-2000);
  throw new ServiceUnavailable(`Bento could not be built: ${output}`);
}
