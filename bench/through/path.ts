import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import { type Mosquitto, startMosquitto } from '../../scripts/services/mosquitto.js';
import { processorMs } from '../process-usage.js';
import type { System } from '../system.js';
import { IN, OUT, type ThroughSystem, WINDOW } from './flows.js';

/** Mosquitto's default of 1,000 would drop what a source leaves with it. */
export const MOSQUITTO = ['max_queued_messages 2000000', `max_inflight_messages ${WINDOW}`];
/** Under way in the closed loop. */
const IN_FLIGHT = 1_000;
/**
 * JavaScript's compiler is at work on the whole of a path for so many messages: of 20,000 each the first cost twice, the
 * second a quarter more than those behind them, with ours and with core's nodes. What runs for months is measured after it.
 */
const WARM_UP = 60_000;

/** A fresh Mosquitto and a fresh system that takes messages from `bench/in` to `bench/out`. */
export class ThroughPath {
  arrived = 0;
  /** Called for each message that has come out. */
  onArrival: () => void = () => undefined;

  private constructor(
    private readonly mosquitto: Mosquitto,
    private readonly observer: MqttClient,
    readonly sender: Sender,
    readonly system: System,
  ) {
    observer.on('message', () => {
      this.arrived += 1;
      this.onArrival();
    });
  }

  static async start(start: ThroughSystem): Promise<ThroughPath> {
    const mosquitto = await startMosquitto({ config: MOSQUITTO });
    const observer = await mqtt.connectAsync(mosquitto.url);
    await observer.subscribeAsync(OUT, { qos: 0 });
    const sender = await Sender.connect(mosquitto.port);
    const system = await start('127.0.0.1', mosquitto.port);
    const path = new ThroughPath(mosquitto, observer, sender, system);
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
    await this.system.kill();
    this.sender.close();
    await this.observer.endAsync(true);
    await this.mosquitto.stop('SIGKILL');
  }
}

/**
 * Microseconds of the system's processor time for a message.
 * @param messages that are measured
 * @param warmUp those before them
 */
export async function throughCost(start: ThroughSystem, messages: number, warmUp = WARM_UP): Promise<number> {
  const path = await ThroughPath.start(start);
  try {
    await path.inStep(warmUp);
    const before = processorMs(path.system.pid);
    await path.inStep(messages);
    return (1000 * (processorMs(path.system.pid) - before)) / messages;
  } finally {
    await path.stop();
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
