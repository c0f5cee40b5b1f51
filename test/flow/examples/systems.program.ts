/** Runs the example of each of the five systems as shipped, in memory, and again with its broker node set to MQTT. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import registerBroker from '../../../nodes/broker/broker.js';
import registerContract from '../../../nodes/contract/contract.js';
import registerPublish from '../../../nodes/publish/publish.js';
import registerSubscribe from '../../../nodes/subscribe/subscribe.js';
import { type FlowNode, startNodeRed } from '../../support/node-red-runtime.js';
import { until } from '../../support/wait.js';

export const SYSTEMS = ['celine-dt', 'ecogrid-ems', 'taylordash', 'powergrid', 'battery-hawk'] as const;
export const TRANSPORTS = ['memory', 'mqtt'] as const;

/** A message that reached a debug node: the node's name, and the event. */
export interface Heard {
  transport: string;
  system: string;
  by: string;
  topic: string;
  event?: { type: string; qos: number; retain: boolean; envelope: unknown };
  payload: unknown;
}

const EVENTS_PER_SYSTEM = 3;
const heard: Heard[] = [];
let transport = 'memory';

export default async function run(): Promise<Heard[]> {
  const { Aedes } = await import('aedes');
  const aedes = await Aedes.createBroker();
  const server = net.createServer((socket) => {
    aedes.handle(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let subscriptions = 0;
  aedes.on('subscribe', (made) => {
    subscriptions += made.length;
  });
  const nodeRed = await startNodeRed({ nodes: registerAll });
  for (transport of TRANSPORTS) {
    const flow = SYSTEMS.flatMap((system) => example(system, transport === 'mqtt' ? port : undefined));
    await nodeRed.deploy(flow);
    const connected = () =>
      flow.filter(({ type }) => type === 'gridwire-broker').every(({ id }) => isConnected(nodeRed.RED, id));
    await until('every broker connected', connected);
    // A retained event that is published while its filter is being subscribed to may come twice, as MQTT allows.
    const wanted = transport === 'mqtt' ? flow.filter(({ type }) => type === 'gridwire-subscribe').length : 0;
    await until('every filter subscribed to', () => subscriptions >= wanted);
    for (const inject of flow.filter(
      ({ type, wires }) => type === 'inject' && leadsTo(flow, wires, 'gridwire-publish'),
    )) {
      nodeRed.RED.nodes.getNode(inject.id).receive(injected(inject) as never);
    }
    const now = transport;
    const count = () => heard.filter((one) => one.transport === now && one.by === 'events').length;
    await until('all events', () => count() >= SYSTEMS.length * EVENTS_PER_SYSTEM);
  }
  await nodeRed.stop();
  await new Promise<void>((resolve) => {
    aedes.close(() => server.close(() => resolve()));
  });
  return heard;
}

/** The example's flow; with a port, its broker node is the only thing that changes. */
function example(system: string, port: number | undefined): FlowNode[] {
  const file = path.resolve(__dirname, '../../../examples', `${system}.json`);
  const nodes = JSON.parse(readFileSync(file, 'utf8')) as FlowNode[];
  const changed = (node: FlowNode): object => {
    if (node.type === 'debug') return { type: 'test listener', system };
    if (node.type === 'inject') return { once: false, repeat: '' };
    if (node.type !== 'gridwire-broker' || port === undefined) return {};
    return { transport: 'mqtt', host: '127.0.0.1', port: String(port) };
  };
  return nodes.map((node) => ({ ...node, ...changed(node) }));
}

function leadsTo(flow: FlowNode[], wires: unknown, type: string): boolean {
  const [[id] = []] = wires as string[][];
  return flow.some((node) => node.id === id && node.type === type);
}

/** The message that the inject node would make of its settings. */
function injected(inject: FlowNode): object {
  const props = inject['props'] as { p: string; v?: string }[];
  const more = props.flatMap(({ p, v }) => (v === undefined ? [] : [[p, JSON.parse(v) as unknown]]));
  return {
    payload: JSON.parse(inject['payload'] as string) as unknown,
    ...(Object.fromEntries(more) as object),
  };
}

function isConnected(RED: NodeAPI, id: string): boolean {
  const { broker } = RED.nodes.getNode(id) as unknown as { broker?: { isConnected(): boolean } };
  return broker?.isConnected() === true;
}

function registerAll(RED: NodeAPI): void {
  for (const register of [registerBroker, registerContract, registerPublish, registerSubscribe])
    register(RED);
  RED.nodes.registerType('test listener', function (this: Node, config: NodeDef & { system?: string }) {
    RED.nodes.createNode(this, config);
    this.on('input', (message, _send, done) => {
      const { event, payload, topic = '' } = message as Partial<Heard>;
      const system = config.system ?? '';
      heard.push({ transport, system, by: config.name, topic, payload, ...(event ? { event } : {}) });
      done();
    });
  });
}
