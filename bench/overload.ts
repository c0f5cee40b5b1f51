import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import mqtt from 'mqtt';
import { generate } from 'mqtt-packet';
import { startMosquitto } from '../scripts/services/mosquitto.js';
import type { FlowNode } from '../test/support/node-red-admin.js';
import { NodeRedProcess } from '../test/support/node-red-process.js';

/** Mosquitto's default of 1,000 would drop what a source leaves with it. */
export const MOSQUITTO = ['max_queued_messages 2000000', 'max_inflight_messages 200'];
export const [IN, OUT] = ['bench/in', 'bench/out'];

export interface OverloadResult {
  /** Messages per second, as many sent as came out. */
  peak: number;
  /** Messages per second that came out while twice the peak was sent, after the first fifth of the time. */
  held: number;
  sent: number;
  /** Resident memory of Node-RED after the peak and at its highest under the overload, MiB. */
  before: number;
  most: number;
}

/** Under way in the closed loop that finds the peak. */
const IN_FLIGHT = 1_000;
const WARM_UP = 20_000;
const MEASURED = 40_000;
const TICK_MS = 10;

/**
 * Takes messages from `bench/in` to `bench/out` in a fresh Node-RED 5, first as many as come out, then for so long
 * twice as many.
 * @param flow makes the nodes for a broker at that address
 */
export async function overload(
  flow: (host: string, port: number) => FlowNode[],
  seconds: number,
): Promise<OverloadResult> {
  const mosquitto = await startMosquitto({ config: MOSQUITTO });
  const observer = await mqtt.connectAsync(mosquitto.url);
  let arrived = 0;
  observer.on('message', () => (arrived += 1));
  await observer.subscribeAsync(OUT, { qos: 0 });
  const sender = await Sender.connect(mosquitto.port);
  const nodeRed = await NodeRedProcess.start({ version: '5', flows: flow('127.0.0.1', mosquitto.port) });
  try {
    const inStep = async (total: number): Promise<void> => {
      const base = sender.sent - arrived;
      while (arrived < total) {
        sender.send(IN_FLIGHT - (sender.sent - arrived - base));
        await new Promise(setImmediate);
      }
    };
    // What is sent before the flow has subscribed has no receiver.
    while (arrived === 0) {
      sender.send(1);
      await delay(50);
    }
    await inStep(WARM_UP);
    const begin = performance.now();
    await inStep(arrived + MEASURED);
    const peak = (MEASURED * 1000) / (performance.now() - begin);

    const before = residentMiB(nodeRed.pid);
    const [start, first] = [performance.now(), sender.sent];
    let [most, looked, from, fromAt] = [before, 0, 0, 0];
    for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - start) / 1000) {
      sender.send(Math.floor(elapsed * 2 * peak) - (sender.sent - first));
      if (fromAt === 0 && elapsed > seconds / 5) [from, fromAt] = [arrived, elapsed];
      if (elapsed - looked > 1) [most, looked] = [Math.max(most, residentMiB(nodeRed.pid)), elapsed];
      await delay(TICK_MS);
    }
    const held = (arrived - from) / ((performance.now() - start) / 1000 - fromAt);
    return { peak, held, sent: sender.sent - first, before, most };
  } finally {
    // What a path has piled up is not waited for.
    await nodeRed.kill();
    sender.close();
    await observer.endAsync(true);
    await mosquitto.stop('SIGKILL');
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

function residentMiB(pid: number): number {
  return Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])) / 1024);
}
