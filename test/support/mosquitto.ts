import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface MosquittoOptions {
  program: string;
  /** Further lines of mosquitto.conf. */
  config?: string[];
  /** Files put beside the configuration, by name; `{dir}` in `config` is their folder. */
  files?: Record<string, string>;
}

/** A real Mosquitto on a port of its own. */
export interface Mosquitto {
  readonly port: number;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port. */
  start(): Promise<void>;
  /** Ends it in order and removes its files. */
  stop(): Promise<void>;
}

export async function startMosquitto(options: MosquittoOptions): Promise<Mosquitto> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gridwire-mosquitto-'));
  const port = await freePort();
  for (const [name, text] of Object.entries(options.files ?? {}))
    await writeFile(path.join(folder, name), text);
  const lines = [
    `listener ${port} 127.0.0.1`,
    // Started as root it would become a user who cannot read this folder.
    ...(process.getuid?.() === 0 ? ['user root'] : []),
    ...(options.config ?? ['allow_anonymous true']),
  ];
  const file = path.join(folder, 'mosquitto.conf');
  await writeFile(file, lines.join('\n').replaceAll('{dir}', folder) + '\n');
  let child: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  const start = async () => {
    let output = '';
    child = spawn(options.program, ['-c', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stdout?.resume();
    await listening(port, () => {
      if (child?.exitCode !== null) throw new Error(`mosquitto did not start: ${output}`);
    });
  };
  await start();
  return {
    port,
    start,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number, check: () => void): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    check();
    const socket = net.connect(port, '127.0.0.1');
    const connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) return;
    await delay(25);
  }
  throw new Error(`Nothing listens on port ${port}`);
}
