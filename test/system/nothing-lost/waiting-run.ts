import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { mqttBroker } from '../../support/flows.js';
import { type CrashableMosquitto, startMosquitto } from '../../support/mosquitto.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import type { NodeRedProcess } from '../../support/node-red-process.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { until } from '../../support/wait.js';
import { MOSQUITTO } from './kill-run.js';

/** Generous, because the machine may be busy with others. */
export const PATIENCE = 60_000;

/** Mosquitto publishes who subscribes to what. */
const TELLS = ['log_dest topic', 'log_type subscribe'];
const SUBSCRIBED = '$SYS/broker/log/M/subscribe';

const place = { z: 'tab', x: 1, y: 1 };

/** A source whose session its broker keeps. */
export function source(id = 'in', more: Record<string, unknown> = {}): FlowNode {
  const settings = { broker: 'source', contract: '', filter: 'in', qos: '1', window: '100', store: 'store' };
  return { ...place, id, type: 'gridwire-subscribe', ...settings, wires: [['name'], []], ...more };
}

export const name = (to: string[] = ['out']): FlowNode => ({
  ...{ ...place, id: 'name', type: 'function', outputs: 1, wires: [to] },
  func: "msg.topic = 'out/' + msg.payload.n; return msg;",
});

/** A node that keeps what it sends in the store, until the broker takes it. */
export function publish(id = 'out', more: Record<string, unknown> = {}): FlowNode {
  const settings = { broker: 'target', contract: '', topic: '', qos: '1', store: 'store', wires: [[]] };
  return { ...place, id, type: 'gridwire-publish', ...settings, ...more };
}

/** A Mosquitto, and a way to it that can be refused: the source comes directly, what is sent goes that way. */
export class WaitingRun {
  /** How often each number came out on `out/<number>`. */
  readonly came = new Map<number, number>();

  private readonly folders: string[] = [];
  /** Filters that clients subscribed to, as Mosquitto says it, and that nobody has waited for. */
  private readonly subscriptions: string[] = [];

  private constructor(
    readonly mosquitto: CrashableMosquitto,
    readonly proxy: TcpProxy,
    readonly client: MqttClient,
  ) {}

  static async start(context: Mocha.Context): Promise<WaitingRun> {
    const mosquitto = await startMosquitto(context, { config: [...MOSQUITTO, ...TELLS] });
    const proxy = await startTcpProxy({ port: mosquitto.port });
    proxy.refuse();
    const client = await mqtt.connectAsync({
      ...{ host: '127.0.0.1', port: mosquitto.port, clean: false, clientId: 'observer' },
    });
    const run = new WaitingRun(mosquitto, proxy, client);
    client.on('message', (topic, body) => {
      if (topic === SUBSCRIBED) {
        run.subscriptions.push(body.toString().split(' ').at(-1) ?? '');
        return;
      }
      const n = Number(topic.slice('out/'.length));
      run.came.set(n, (run.came.get(n) ?? 0) + 1);
    });
    await client.subscribeAsync([SUBSCRIBED, 'out/#'], { qos: 1 });
    return run;
  }

  /** The tab, both brokers and a store; the rest is added. */
  flow(rest: readonly FlowNode[], store: Record<string, unknown> = {}): FlowNode[] {
    const session = { cleanSession: false, clientId: 'waiting-source', protocolVersion: '5' };
    return [
      { id: 'tab', type: 'tab' },
      mqttBroker('source', this.mosquitto.port, session),
      mqttBroker('target', this.proxy.port),
      { id: 'store', type: 'gridwire-store', kind: 'sqlite', file: 'gridwire/store.db', ...store },
      ...rest,
    ];
  }

  /** A user folder that a Node-RED finds again after a restart. */
  folder(): string {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'gridwire-user-'));
    this.folders.push(folder);
    return folder;
  }

  /** Resolves when somebody has subscribed to that once more. */
  async subscribed(filter: string): Promise<void> {
    await until(`${filter} is subscribed to`, () => this.subscriptions.includes(filter), PATIENCE);
    this.subscriptions.splice(this.subscriptions.indexOf(filter), 1);
  }

  /** Gives the source's broker that many events. */
  async give(count: number, from = 0, topic = 'in'): Promise<void> {
    const numbers = Array.from({ length: count }, (_, index) => from + index);
    await Promise.all(numbers.map((n) => this.client.publishAsync(topic, JSON.stringify({ n }), { qos: 1 })));
  }

  /** Waits until that many have come. */
  async arrived(count: number): Promise<void> {
    await until(`${count} have come`, () => this.came.size >= count, PATIENCE);
  }

  get repeated(): number[] {
    return [...this.came].filter(([, times]) => times > 1).map(([n]) => n);
  }

  async stop(...nodeReds: (NodeRedProcess | undefined)[]): Promise<void> {
    for (const nodeRed of nodeReds) await nodeRed?.stop();
    await this.client.endAsync(true);
    await this.proxy.stop();
    await this.mosquitto.stop();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** A deploy resolves when Node-RED has accepted it: waits until the flows have started as well. */
export async function deploy(
  nodeRed: NodeRedProcess,
  flow: readonly FlowNode[],
  type: 'full' | 'flows' | 'nodes' = 'full',
): Promise<void> {
  const from = nodeRed.lines.length;
  await nodeRed.admin.deploy(flow, type);
  await nodeRed.waitForLine(/Started (modified )?(flows|nodes)/, PATIENCE, from);
}

/** Resolves when a number has not changed for two seconds. */
export async function steady(value: () => number | Promise<number>): Promise<number> {
  let last = await value();
  for (let since = Date.now(); Date.now() - since < 2_000;) {
    await delay(100);
    const now = await value();
    if (now !== last) [last, since] = [now, Date.now()];
  }
  return last;
}
