import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import { type Mosquitto, startMosquitto } from '../scripts/services/mosquitto.js';
import type { FlowNode } from '../test/support/node-red-admin.js';
import { NodeRedProcess } from '../test/support/node-red-process.js';
import { withPlaces } from './closed-loop.js';

/** Mosquitto's default of 1,000 would drop what a source leaves with it. */
export const MOSQUITTO = ['max_queued_messages 2000000', 'max_inflight_messages 200'];
const [IN, OUT] = ['bench/in', 'bench/out'];
const RENAME = `msg.topic = '${OUT}'; return msg;`;
/** Under way in the closed loop. */
const IN_FLIGHT = 1_000;

/** Makes the nodes from `bench/in` to `bench/out` for a broker at an address. */
export type ThroughFlow = (host: string, port: number) => FlowNode[];

/** gridwire-subscribe, a function, gridwire-publish: each message is acknowledged when the broker has what came of it. */
export const gridwireFlow: ThroughFlow = (host, port) =>
  withPlaces([
    { id: 'tab', type: 'tab' },
    { id: 'broker', type: 'gridwire-broker', transport: 'mqtt', host, port: String(port) },
    {
      ...{ id: 'in', type: 'gridwire-subscribe', z: 'tab', broker: 'broker', contract: '', filter: IN },
      ...{ qos: '1', window: '200', wires: [['rename'], []] },
    },
    { id: 'rename', type: 'function', z: 'tab', func: RENAME, outputs: 1, wires: [['out']] },
    {
      ...{ id: 'out', type: 'gridwire-publish', z: 'tab', broker: 'broker', contract: '', topic: '' },
      ...{ qos: '1', wires: [[]] },
    },
  ]);

/** mqtt in, a function, mqtt out: acknowledged before the flow. */
export const coreFlow: ThroughFlow = (broker, port) =>
  withPlaces([
    { id: 'tab', type: 'tab' },
    {
      ...{ id: 'broker', type: 'mqtt-broker', broker, port: String(port), protocolVersion: '4' },
      ...{ keepalive: '60', cleansession: true, autoConnect: true },
    },
    {
      ...{ id: 'in', type: 'mqtt in', z: 'tab', topic: IN, qos: '1', datatype: 'json' },
      ...{ broker: 'broker', inputs: 0, wires: [['rename']] },
    },
    { id: 'rename', type: 'function', z: 'tab', func: RENAME, outputs: 1, wires: [['out']] },
    { id: 'out', type: 'mqtt out', z: 'tab', broker: 'broker', topic: '', qos: '1', retain: '', wires: [] },
  ]);

/** A fresh Mosquitto and a fresh Node-RED 5 that takes messages from `bench/in` to `bench/out`. */
export class ThroughPath {
  arrived = 0;

  private constructor(
    private readonly mosquitto: Mosquitto,
    private readonly observer: MqttClient,
    readonly sender: Sender,
    readonly nodeRed: NodeRedProcess,
  ) {
    observer.on('message', () => (this.arrived += 1));
  }

  static async start(flow: ThroughFlow): Promise<ThroughPath> {
    const mosquitto = await startMosquitto({ config: MOSQUITTO });
    const observer = await mqtt.connectAsync(mosquitto.url);
    await observer.subscribeAsync(OUT, { qos: 0 });
    const sender = await Sender.connect(mosquitto.port);
    const nodeRed = await NodeRedProcess.start({ version: '5', flows: flow('127.0.0.1', mosquitto.port) });
    const path = new ThroughPath(mosquitto, observer, sender, nodeRed);
    // What is sent before the flow has subscribed has no receiver.
    while (path.arrived === 0) {
      sender.send(1);
      await delay(50);
    }
    return path;
  }

  /** Sends as many as come out, until so many more have. */
  async inStep(messages: number): Promise<void> {
    const end = this.arrived + messages;
    const base = this.sender.sent - this.arrived;
    while (this.arrived < end) {
      this.sender.send(IN_FLIGHT - (this.sender.sent - this.arrived - base));
      await new Promise(setImmediate);
    }
  }

  /** What the path has piled up is not waited for. */
  async stop(): Promise<void> {
    await this.nodeRed.kill();
    this.sender.close();
    await this.observer.endAsync(true);
    await this.mosquitto.stop('SIGKILL');
  }
}

/** Writes PUBLISH packets of QoS 1 and does not wait for their acknowledgements, which cost nearly nothing. */
class Sender {
  sent = 0;

  private constructor(private readonly socket: net.Socket) {
    socket.resume();
  }

  static async connect(port: number): Promise<Sender> {
    const socket = net.connect(port, '127.0.0.1');
    socket.write(generate({ cmd: 'connect', clientId: 'bench-sender', clean: true, keepalive: 0 }));
    await once(socket, 'data');
    return new Sender(socket);
  }

  send(count: number): void {
    const packets: Buffer[] = [];
    for (let more = 0; more < count; more += 1) {
      this.sent += 1;
      const messageId = 1 + (this.sent % 65_535);
      const payload = JSON.stringify({
        n: this.sent,
        serialNumber: 'INV-001',
        powerKw: 45.2,
        voltage: 480.5,
      });
      packets.push(
        generate({ cmd: 'publish', topic: IN, payload, qos: 1, messageId, dup: false, retain: false }),
      );
    }
    if (packets.length > 0) this.socket.write(Buffer.concat(packets));
  }

  close(): void {
    this.socket.destroy();
  }
}
