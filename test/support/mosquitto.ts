import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { answers, freePort } from '../../scripts/services/service.js';
import { requireService } from './services.js';
import { until } from './wait.js';

export interface MosquittoOptions {
  /** Lines of mosquitto.conf, `{dir}` standing for its folder; default: anybody may connect. */
  config?: string[];
  /** Files put into that folder, by name. */
  files?: Record<string, string>;
  /** Does something to that folder before Mosquitto starts. */
  prepare?: (folder: string) => unknown;
}

/** A real Mosquitto on a port of its own that a test may crash and bring back with its files and its data. */
export interface CrashableMosquitto {
  readonly port: number;
  readonly folder: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Lets it write down now what a setting `persistence true` writes at intervals; to be called while it is idle. */
  save(): Promise<void>;
  /** Starts it again after `kill`, on the same port. */
  start(): Promise<void>;
  /** Ends it in order, as a restart of the service does; `start` brings it back. */
  end(): Promise<void>;
  /** It keeps its connections and does nothing any more, until it goes on. */
  hang(): void;
  goOn(): void;
  /** Ends it in order and removes its files. */
  stop(): Promise<void>;
}

export async function startMosquitto(
  context: Mocha.Context,
  options: MosquittoOptions = {},
): Promise<CrashableMosquitto> {
  const program = requireService(context, 'mosquitto');
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
  options.prepare?.(folder);
  const file = path.join(folder, 'mosquitto.conf');
  await writeFile(file, lines.join('\n').replaceAll('{dir}', folder) + '\n');
  let child: ChildProcess | undefined;
  const killAtExit = () => child?.kill('SIGKILL');
  process.once('exit', killAtExit);

  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  const start = async () => {
    child = spawn(program, ['-c', file], { stdio: 'ignore' });
    let listens = false;
    await until(`mosquitto listens on ${port}`, () => {
      void answers('127.0.0.1', port).then((answer) => (listens ||= answer));
      return listens;
    });
  };
  await start();
  const save = async () => {
    const writtenAt = () => statSync(path.join(folder, 'mosquitto.db'), { throwIfNoEntry: false })?.mtimeMs;
    const before = writtenAt();
    child?.kill('SIGUSR1');
    await until('mosquitto has written its database', () => writtenAt() !== before);
  };
  return {
    port,
    folder,
    start,
    save,
    kill: () => end('SIGKILL'),
    end: () => end('SIGTERM'),
    hang: () => void child?.kill('SIGSTOP'),
    goOn: () => void child?.kill('SIGCONT'),
    stop: async () => {
      await end('SIGTERM');
      process.off('exit', killAtExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
