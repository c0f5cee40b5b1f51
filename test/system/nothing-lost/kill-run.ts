import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { Contract } from '../../../src/contracts/contract.js';
import { taylordash } from '../../../src/contracts/taylordash/contract.js';
import { type CrashableMosquitto } from '../../support/mosquitto.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { until } from '../../support/wait.js';
import { longWay, once, type Variant } from './flows.js';

/** Stated beside every figure: Mosquitto's default of 1,000 queued messages would lose what this measures. */
export const MOSQUITTO = ['allow_anonymous true', 'max_queued_messages 1000000'];

export interface KillResult {
  sent: number;
  kills: number;
  /** Sent, and never come out of the flow. */
  lost: number;
  /** Come out more than once. */
  duplicates: number;
  /** The same after a subscribe that removes duplicates. */
  lostAfterDeduplication: number;
  duplicatesAfterDeduplication: number;
}

const TOPIC = 'tracker/events/projects/created';
const PER_SECOND = 300;
const PATIENCE = 60_000;

/**
 * Sends a steady stream of events through the long way while its Node-RED is killed with SIGKILL at random moments and
 * started again, and counts what came out. A second Node-RED, which lives, removes duplicates.
 */
export async function killRun(
  broker: CrashableMosquitto,
  variant: Variant,
  kills: number,
): Promise<KillResult> {
  const client = await mqtt.connectAsync({ host: '127.0.0.1', port: broker.port });
  const [out, single] = [new Map<string, number>(), new Map<string, number>()];
  const count = (seen: Map<string, number>, id: string): unknown => seen.set(id, (seen.get(id) ?? 0) + 1);
  client.on('message', (topic, body) => {
    if (topic.startsWith('once/')) count(single, topic.slice('once/'.length));
    else count(out, (JSON.parse(body.toString()) as { idempotency_key: string }).idempotency_key);
  });
  await client.subscribeAsync([TOPIC, 'once/#'], { qos: 1 });

  const filter = await NodeRedProcess.start({ flows: once(broker.port) });
  let nodeRed = await NodeRedProcess.start({ flows: longWay(broker.port, variant) });
  const { userDir } = nodeRed;
  const sender = new Sender(client, variant.qos);
  try {
    await sender.probe(() => single.size > 0);
    sender.start();
    for (let kill = 0; kill < kills; kill += 1) {
      await delay(Math.random() * 1_500);
      await nodeRed.kill();
      nodeRed = await NodeRedProcess.start({ userDir });
    }
    await delay(300);
    await sender.stop();
    const all = (seen: Map<string, number>) => () => [...sender.ids].every((id) => seen.has(id));
    await until('all have come out', all(out), PATIENCE).catch(() => undefined);
    await until('all have passed the deduplication', all(single), PATIENCE).catch(() => undefined);
    // A repetition that is still under way comes before one more message.
    const end = await sender.send();
    await until('the last has come', () => single.has(end), PATIENCE).catch(() => undefined);
    const missing = (seen: Map<string, number>) => [...sender.ids].filter((id) => !seen.has(id)).length;
    const repeated = (seen: Map<string, number>) =>
      [...sender.ids].filter((id) => (seen.get(id) ?? 0) > 1).length;
    return {
      ...{ sent: sender.ids.size, kills, lost: missing(out), duplicates: repeated(out) },
      ...{ lostAfterDeduplication: missing(single), duplicatesAfterDeduplication: repeated(single) },
    };
  } finally {
    await sender.stop();
    await Promise.all([nodeRed.stop(), filter.stop(), client.endAsync()]);
  }
}

/** Publishes valid TaylorDash events, each with an id of its own, and knows which the broker has accepted. */
class Sender {
  readonly ids = new Set<string>();
  private readonly contract = new Contract(taylordash);
  private readonly payload = taylordash.types['project-created']?.example;
  private running: Promise<void> | undefined;
  private stopped = false;
  private count = 0;

  constructor(
    private readonly client: MqttClient,
    private readonly qos: 1 | 2,
  ) {}

  /** @returns the id, after the broker's acknowledgement */
  async send(): Promise<string> {
    this.count += 1;
    const id = `event-${this.count}`;
    const event = this.contract.build('project-created', {
      payload: this.payload,
      members: { idempotency_key: id },
    });
    const { topic, body } = this.contract.serialise(event);
    await this.client.publishAsync(`in/${topic}`, Buffer.from(body), { qos: this.qos });
    this.ids.add(id);
    return id;
  }

  /** Sends now and then until the whole way stands. */
  async probe(stands: () => boolean): Promise<void> {
    for (const end = Date.now() + PATIENCE; !stands();) {
      if (Date.now() > end) throw new Error('Nothing comes out of the flow.');
      await this.send();
      await delay(200);
    }
    // What was sent before the subscription stood may have had no receiver.
    this.ids.clear();
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      await Promise.all(Array.from({ length: PER_SECOND / 20 }, () => this.send()));
      await delay(50);
    }
  }
}
