import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startServer } from './child.js';
import { answers, DOCKER_HINT, findProgram, freePort, type Service, ServiceUnavailable } from './service.js';

export interface MosquittoOptions {
  /** Loopback port; a free one by default. Give it to start a stopped broker again in the same place. */
  port?: number;
  /** Further lines of mosquitto.conf, for example `max_queued_messages 0`. */
  config?: readonly string[];
}

export interface Mosquitto extends Service {
  readonly url: string;
  readonly port: number;
  /** `SIGKILL` ends it as a crash would. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** The Mosquitto that `GRIDWIRE_MQTT_URL` names, or one of our own on an ephemeral port. */
export async function findOrStartMosquitto(): Promise<Service> {
  const url = process.env['GRIDWIRE_MQTT_URL'];
  if (url === undefined || url === '') return startMosquitto();
  const { hostname, port } = new URL(url);
  if (!(await answers(hostname, Number(port || 1883)))) {
    throw new ServiceUnavailable(`GRIDWIRE_MQTT_URL is ${url}, and nothing answers there`);
  }
  return { description: `MQTT broker found at ${url}`, env: {}, stop: () => Promise.resolve() };
}

/**
 * Starts a real Mosquitto in a temporary folder, listening on loopback, open to anonymous clients.
 * @throws ServiceUnavailable if it is not installed or does not start
 */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const program = findProgram('mosquitto', ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin']);
  if (program === undefined) {
    throw new ServiceUnavailable(`no mosquitto: "apt-get install mosquitto", ${DOCKER_HINT}`);
  }
  const port = options.port ?? (await freePort());
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-mosquitto-'));
  const configFile = path.join(folder, 'mosquitto.conf');
  const asRoot = process.getuid?.() === 0 ? ['user root'] : [];
  const lines = [`listener ${String(port)} 127.0.0.1`, 'allow_anonymous true', ...asRoot];
  writeFileSync(configFile, [...lines, ...(options.config ?? []), ''].join('\n'));

  const server = await startServer(program, ['-c', configFile], port, folder);
  const url = `mqtt://127.0.0.1:${String(port)}`;
  return {
    description: `${version(program)} started on port ${String(port)}`,
    env: { GRIDWIRE_MQTT_URL: url },
    url,
    port,
    stop: (signal) => server.stop(signal),
  };
}

function version(program: string): string {
  const help = spawnSync(program, ['-h'], { encoding: 'utf8' }).stdout;
  return /mosquitto version \S+/.exec(help)?.[0].replace(' version', '') ?? 'mosquitto';
}
