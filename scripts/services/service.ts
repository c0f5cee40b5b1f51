import { randomInt } from 'node:crypto';
import { accessSync, constants, readdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

/** Something real that a test talks to: a broker, a database, a browser. */
export interface Service {
  /** Where it came from, for people: `mosquitto 2.0.11, started` or `found at mqtt://…`. */
  readonly description: string;
  /** What tests read to reach it, for example `{ GRIDWIRE_MQTT_URL: 'mqtt://127.0.0.1:41234' }`. */
  readonly env: Record<string, string>;
  /** Ends it if it was started here; does nothing to a service that was found running. */
  stop(): Promise<void>;
}

/** Thrown where a service can be neither found nor started; the message says what to install or set. */
export class ServiceUnavailable extends Error {
  override readonly name = 'ServiceUnavailable';
}

/** The remedy for machines that have Docker and not Debian's packages. */
export const DOCKER_HINT = 'or, with Docker, "docker compose up -d" and the addresses in compose.yaml';

/** Below those that systems give to outgoing connections, one of which could take a port before its service does. */
const PORTS = { from: 20_000, to: 32_000 };

/** Names the part of them that a process keeps to, as `20000-26000`: two that look at once could find the same one free. */
export const PORTS_VARIABLE = 'GRIDWIRE_TEST_PORTS';

/** The ports of one of several processes that run side by side. */
export function portsOf(lane: number, lanes: number): string {
  const share = Math.floor((PORTS.to - PORTS.from) / lanes);
  return `${String(PORTS.from + lane * share)}-${String(PORTS.from + (lane + 1) * share)}`;
}

function ports(): { from: number; to: number } {
  const [from, to] = (process.env[PORTS_VARIABLE] ?? '').split('-').map(Number);
  return from !== undefined && to !== undefined ? { from, to } : PORTS;
}

const given = new Set<number>();

/** A TCP port on loopback that was free a moment ago, and that this process has not been given before. */
export async function freePort(): Promise<number> {
  const { from, to } = ports();
  for (;;) {
    const port = randomInt(from, to);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** Whether this process could listen on the port of loopback: an outgoing connection may hold what nobody answers on. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Whether something accepts TCP connections there. */
export function answers(host: string, port: number, timeoutMs = 2000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: timeoutMs });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

/** The full path of a program on the path or in one of the extra folders. */
export function findProgram(name: string, extraFolders: readonly string[] = []): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...extraFolders];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folders `parent/<name>/rest`, newest version number first; empty where there is no such parent. */
export function versionedFolders(parent: string, rest: string): string[] {
  try {
    return readdirSync(parent)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => path.join(parent, version, rest));
  } catch {
    return [];
  }
}
