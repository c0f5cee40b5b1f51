import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Books, LoadBooks } from '../../support/load-books.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { changed, type Load, loadFlow } from './load-flows.js';

/** The broker of these runs has the settings that the documentation recommends, stated beside every figure. */
const CONFIG = path.resolve(__dirname, '../../../docs/broker-settings/mosquitto.conf');

/** As long as nothing has moved, milliseconds; longer than it takes to connect again. */
const AT_REST = 2_500;

/** What Node-RED's process holds after a garbage collection. */
export interface Holdings {
  heapUsed: number;
  rss: number;
  /** Timers, sockets and the like that are active, by kind. */
  resources: Record<string, number>;
  /** On Node-RED's events and on the process. */
  listeners: Record<string, number>;
  /** Whether flow completion's hooks are there. */
  hooked: boolean;
}

export const FAULTS = ['cut', 'stall', 'kill', 'restart', 'nodes', 'flows', 'full'] as const;
export type Fault = (typeof FAULTS)[number];

/** A real Node-RED that publishes to a real Mosquitto and subscribes there, over a proxy that can fail. */
export class LoadRun {
  private deploys = 0;
  private readonly load: LoadBooks;

  private constructor(
    readonly mosquitto: CrashableMosquitto,
    readonly proxy: TcpProxy,
    readonly nodeRed: NodeRedProcess,
    private readonly flow: readonly FlowNode[],
  ) {
    this.load = new LoadBooks(nodeRed.admin);
  }

  static async start(context: Mocha.Context, load: Load): Promise<LoadRun> {
    const settings = readFileSync(CONFIG, 'utf8').split('\n');
    const config = [...settings, 'allow_anonymous true', 'persistence_location {dir}/'];
    const mosquitto = await startMosquitto(context, { config });
    const proxy = await startTcpProxy({ port: mosquitto.port });
    const flow = loadFlow(proxy.port, load);
    const nodesDir = [path.resolve(__dirname, '../../support/load-nodes')];
    const nodeRed = await NodeRedProcess.start({ flows: flow, settings: { nodesDir } });
    return new LoadRun(mosquitto, proxy, nodeRed, flow);
  }

  books(): Promise<Books> {
    return this.load.read();
  }

  async holdings(): Promise<Holdings> {
    return (await (await this.nodeRed.admin.request('load/holdings')).json()) as Holdings;
  }

  /** Waits until the condition holds for what became of the messages so far. */
  until(what: string, holds: (books: Books) => boolean, milliseconds?: number): Promise<Books> {
    return this.load.until(what, holds, milliseconds);
  }

  /** Until as many more have arrived, which shows that the way stands. */
  arrivals(more: number): Promise<void> {
    return this.load.arrivals(more);
  }

  /** @param milliseconds how long it lasts, where it is no matter of a moment */
  async fault(kind: Fault, milliseconds: number): Promise<void> {
    switch (kind) {
      case 'cut':
        this.proxy.cut();
        return;
      case 'stall':
        this.proxy.stall();
        await delay(milliseconds);
        this.proxy.resume();
        return;
      case 'kill':
        return this.killBroker(milliseconds);
      case 'restart':
        await this.mosquitto.end();
        await delay(milliseconds);
        return this.mosquitto.start();
      case 'nodes':
      case 'flows':
      case 'full':
        this.deploys += 1;
        return this.nodeRed.admin.deploy(changed(this.flow, this.deploys), kind);
    }
  }

  /** Sends nothing more until `start`, and waits until nothing moves. */
  async rest(): Promise<void> {
    await this.load.source('stop');
    let [last, since] = [-1, Date.now()];
    await this.until('nothing moves', ({ arrived, again, refused, missing }) => {
      const moved = arrived + again + refused;
      if (moved !== last) [last, since] = [moved, Date.now()];
      return missing === 0 && Date.now() - since > AT_REST;
    });
  }

  start(): Promise<void> {
    return this.load.source('start');
  }

  /** What the process holds when nothing moves; goes on afterwards. */
  async holdingsAtRest(): Promise<Holdings> {
    await this.rest();
    const holdings = await this.holdings();
    await this.start();
    return holdings;
  }

  /** Sends nothing more and waits until every message has met its fate, as far as it does. */
  async finish(silent = 0): Promise<Books> {
    await this.load.source('stop');
    const settled = (books: Books) => books.missing === 0 && books.silent <= silent;
    return this.until('all have arrived', settled, 90_000).catch(() => this.books());
  }

  async stop(): Promise<void> {
    await this.nodeRed.stop();
    await this.proxy.stop();
    await this.mosquitto.stop();
  }

  /**
   * SIGKILL. Mosquitto acknowledges before it writes (docs/broker-settings), and what is lost between the two is its own
   * loss; so that every loss seen here is ours, the network fails first and what Mosquitto acknowledged is written.
   */
  private async killBroker(milliseconds: number): Promise<void> {
    this.proxy.stall();
    await this.mosquitto.save();
    await this.mosquitto.kill();
    await delay(milliseconds);
    await this.mosquitto.start();
    this.proxy.resume();
  }
}

/** What there is more of than at first, by name. */
export function more(first: Record<string, number>, last: Record<string, number>): string[] {
  return Object.entries(last)
    .filter(([name, count]) => count > (first[name] ?? 0))
    .map(([name, count]) => `${name}: ${first[name] ?? 0}, then ${count}`);
}
