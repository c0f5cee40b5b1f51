import type { FlowNode } from '../../../support/node-red-runtime.js';
import { chain, node, probe, type Scenario } from './scenario.js';

/** Config nodes have no place on the workspace; `servers.ts` names the ports. */
const mqttBroker = (port: string): FlowNode => ({
  ...node('mqtt-broker', { broker: '127.0.0.1', port, protocolVersion: '4', keepalive: '60' }),
  cleansession: true,
  autoConnect: true,
});
const overMqtt = (port: string, type: string, settings: Record<string, unknown>): FlowNode[] => {
  const broker = mqttBroker(port);
  return [node(type, { topic: '', qos: '1', broker: broker.id, ...settings }), broker];
};
const REACHABLE = '${GRIDWIRE_TEST_MQTT}';
/** Nothing listens there. */
const AWAY = '9';
const tcp = { host: '127.0.0.1', server: '127.0.0.1', port: '${GRIDWIRE_TEST_TCP}', tls: '' };

function overWebSocket(): FlowNode[] {
  const listener = node('websocket-listener', { path: '/completion', wholemsg: 'false' });
  return [node('websocket out', { server: listener.id, client: '' }), listener];
}

export const network: Scenario[] = [
  {
    name: 'acknowledged',
    row: 'mqtt out',
    nodes: overMqtt(REACHABLE, 'mqtt out', {}),
    send: [{ topic: 'a', payload: 1 }],
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'not connected',
    row: 'mqtt out, broker away or topic invalid',
    nodes: overMqtt(AWAY, 'mqtt out', {}),
    send: [{ topic: 'a', payload: 1 }],
    expect: 'timeout',
    reached: 0,
    options: { timeoutMs: 500 },
  },
  {
    name: 'a topic that cannot be published to',
    row: 'mqtt out, broker away or topic invalid',
    nodes: overMqtt(REACHABLE, 'mqtt out', {}),
    send: [{ topic: 'a/#', payload: 1 }],
    expect: 'timeout',
    reached: 0,
    options: { timeoutMs: 500 },
  },
  {
    name: 'told to subscribe',
    row: 'mqtt in, by msg.action',
    nodes: overMqtt(REACHABLE, 'mqtt in', { datatype: 'auto-detect', inputs: 1 }),
    send: [{ action: 'subscribe', topic: 'b' }],
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'without a request to answer',
    row: 'http response',
    nodes: [node('http response', { statusCode: '', headers: {} })],
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'written to the socket',
    row: 'tcp out, websocket out, udp out',
    nodes: [node('tcp out', { ...tcp, beserver: 'client', base64: false, end: false })],
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'sent to whoever is connected',
    row: 'tcp out, websocket out, udp out',
    nodes: overWebSocket(),
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'sent',
    row: 'tcp out, websocket out, udp out',
    nodes: [node('udp out', { addr: '127.0.0.1', port: '9', ipv: 'udp4', outport: '', multicast: 'false' })],
    // The node listens to messages only after a moment.
    send: [{ payload: 'x', after: 300 }],
    expect: 'completed',
    reached: 0,
  },
  {
    name: 'an answer',
    row: 'tcp request',
    nodes: chain(node('tcp request', { ...tcp, out: 'time', splitc: '50', ret: 'string' }), probe()),
    send: [{ payload: 'x' }],
    expect: 'completed',
    before: 0,
    late: true,
  },
];
