import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../scripts/services/service.js';
import { type FlowNode, NodeRedAdmin } from './node-red-admin.js';
import { until } from './wait.js';

export type NodeRedVersion = '5' | '4';

export interface NodeRedOptions {
  /** Node-RED 5 or 4.1; the default is what the suite runs on (`GRIDWIRE_NODE_RED`), else 5. */
  version?: NodeRedVersion;
  /** The nodes to start with: the flow itself, or a flow file to copy; none by default. */
  flows?: readonly FlowNode[] | string;
  /** Credentials of the flow's nodes, by node id. */
  credentials?: Record<string, Record<string, string>>;
  /** A user folder to keep; by default a temporary one, which is removed at the end. */
  userDir?: string;
  /** Loopback port of the editor; a free one by default. */
  port?: number;
  /** Further settings, over the ones below. */
  settings?: Record<string, unknown>;
  /** Program text at the end of the settings file, for settings that are functions. */
  settingsCode?: string;
  env?: Record<string, string>;
  /** Starts without this package, to be compared with. */
  bare?: boolean;
  /** Folder of the package; this one's by default. */
  package?: string;
  /** Called with each line that Node-RED prints. */
  onLine?: (line: string) => void;
}

const ROOT = path.resolve(__dirname, '../..');
const PACKAGE = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { name: string };
const START_TIMEOUT_MS = 60_000;
/** How Node-RED says that it has begun, in the languages of the tests, or that it cannot. */
const BEGUN = /Started flows|Flows sind gestartet|フローを開始しました|流程已启动|missing types/;

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** The Node-RED version the running suite is for. */
export function nodeRedVersion(): NodeRedVersion {
  return process.env['GRIDWIRE_NODE_RED'] === '4' ? '4' : '5';
}

/** A real Node-RED in a process of its own, with this package installed as users have it. */
export class NodeRedProcess {
  /** Everything it has printed, line by line. */
  readonly lines: string[] = [];
  readonly admin: NodeRedAdmin;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<void>;
  private readonly output = new EventEmitter<{ line: [string] }>().setMaxListeners(0);

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly userDir: string,
    private readonly temporary: boolean,
    onLine: ((line: string) => void) | undefined,
  ) {
    this.admin = new NodeRedAdmin(url);
    this.ended = once(child, 'close').then(() => {
      running.delete(child);
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.lines.push(line);
        onLine?.(line);
        this.output.emit('line', line);
      });
    }
  }

  /**
   * Starts it and waits until its flows have started.
   * @throws Error with what it printed if it ends first
   */
  static async start(options: NodeRedOptions = {}): Promise<NodeRedProcess> {
    const version = options.version ?? nodeRedVersion();
    const userDir = options.userDir ?? mkdtempSync(path.join(os.tmpdir(), 'gridwire-user-'));
    const port = options.port ?? (await freePort());
    prepareUserDir(userDir, port, options);
    const redJs = path.join(ROOT, 'node_modules', version === '4' ? 'node-red-4' : 'node-red', 'red.js');
    const child = spawn(process.execPath, [redJs, '--userDir', userDir], {
      cwd: userDir,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const url = `http://127.0.0.1:${String(port)}/`;
    const nodeRed = new NodeRedProcess(child, url, userDir, options.userDir === undefined, options.onLine);
    const line = await nodeRed.waitForLine(BEGUN, START_TIMEOUT_MS);
    if (!line.includes('missing types')) return nodeRed;
    await nodeRed.stop();
    throw new Error(`Node-RED lacks node types of the flow:\n${nodeRed.lines.slice(-10).join('\n')}`);
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * The first line that matches, already printed or still to come.
   * @param from index into `lines` to look from, to wait for something after a certain moment
   * @throws Error with the last lines if the process ends or `timeoutMs` passes without it
   */
  waitForLine(pattern: RegExp, timeoutMs = 30_000, from = 0): Promise<string> {
    const known = this.lines.slice(from).find((line) => pattern.test(line));
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.output.off('line', look);
        act();
      };
      const fail = (why: string) =>
        settle(() =>
          reject(new Error(`${why} before ${String(pattern)}:\n${this.lines.slice(-30).join('\n')}`)),
        );
      const look = (line: string) => {
        if (pattern.test(line)) settle(() => resolve(line));
      };
      const timer = setTimeout(() => fail(`${String(timeoutMs)} ms passed`), timeoutMs);
      this.output.on('line', look);
      void this.ended.then(() => fail('Node-RED ended'));
    });
  }

  /**
   * Waits until its nodes have subscribed to what they receive, so that nothing sent from now on is too early.
   * @throws Error if something is in the way for too long
   */
  async ready(): Promise<this> {
    await until(
      'its nodes are ready',
      async () => (await fetch(`${this.url}gridwire/health/ready`)).status === 200,
      START_TIMEOUT_MS,
    );
    return this;
  }

  /** Ends it in order, and removes its user folder if that was a temporary one. */
  async stop(): Promise<void> {
    if (this.isRunning) this.child.kill('SIGTERM');
    const hardStop = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await this.ended;
    clearTimeout(hardStop);
    if (this.temporary) rmSync(this.userDir, { recursive: true, force: true });
  }

  /** Ends it as a crash would; the user folder stays, so that a second process can take it over. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

function prepareUserDir(userDir: string, port: number, options: NodeRedOptions): void {
  const link = path.join(userDir, 'node_modules', PACKAGE.name);
  mkdirSync(path.dirname(link), { recursive: true });
  if (!existsSync(link) && options.bare !== true) symlinkSync(options.package ?? ROOT, link, 'junction');

  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: false,
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, palette: { catalogues: [] } },
    ...options.settings,
  };
  writeFileSync(
    path.join(userDir, 'settings.js'),
    `module.exports = ${JSON.stringify(settings, null, 2)};\n${options.settingsCode ?? ''}\n`,
  );
  if (options.credentials !== undefined)
    writeFileSync(path.join(userDir, 'flows_cred.json'), JSON.stringify(options.credentials));
  if (options.flows === undefined) return;
  const flows =
    typeof options.flows === 'string' ? readFileSync(options.flows) : JSON.stringify(options.flows, null, 2);
  writeFileSync(path.join(userDir, 'flows.json'), flows);
}
