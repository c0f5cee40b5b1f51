import { setTimeout as delay } from 'node:timers/promises';
import mqtt, { type MqttClient } from 'mqtt';
import { Contract } from '../../../src/contracts/contract.js';
import { taylordash } from '../../../src/contracts/taylordash/contract.js';
import { type CrashableMosquitto } from '../../support/mosquitto.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { until } from '../../support/wait.js';
import { longWay, once, type Variant, WINDOW } from './flows.js';

/** Stated beside every figure: Mosquitto's default of 1,000 queued messages would lose what this measures. */
export const MOSQUITTO = ['allow_anonymous true', 'max_queued_messages 1000000'];

export interface KillResult {
  sent: number;
  kills: number;
  /** Sent, and never come out of one of the flow's branches, or of the other. */
  lost: number;
  /** Some of them, each with its branch. */
  lostIds: string[];
  /** Come out of a branch more than once. */
  duplicates: number;
  /** The most of them at each kill: what the flow had in hand, and what its outboxes had sent unanswered. */
  duplicatesAllowed: number;
  /** The same after a subscribe that removes duplicates. */
  lostAfterDeduplication: number;
  duplicatesAfterDeduplication: number;
}

const TOPIC = 'tracker/events/projects/created';
const PER_SECOND = 300;
/** Events that come out before a kill. */
const MOST_BETWEEN_KILLS = 450;
/** Events that may lie with the broker: enough that every start finds work, few enough to be dealt with at the end. */
const MOST_WAITING = 3_000;
/** Longer than a settlement timeout, after which a flow that hung is sent its event again. */
const PATIENCE = 150_000;
/** In each branch: the flow's window, and the publish window of its outbox. */
const DUPLICATES_PER_KILL = 2 * (WINDOW + 100);

/**
 * Sends a steady stream of events through the long way while its Node-RED is killed with SIGKILL at random moments and
 * started again, and counts what came out. A second Node-RED, which lives, removes duplicates.
 */
export async function killRun(
  broker: CrashableMosquitto,
  variant: Variant,
  kills: number,
): Promise<KillResult> {
  // A session that is kept, so that a connection of the observer's that breaks is not taken for a loss.
  const client = await mqtt.connectAsync({
    ...{ host: '127.0.0.1', port: broker.port, protocolVersion: 5, clean: false, clientId: 'observer' },
    properties: { sessionExpiryInterval: 3_600 },
  });
  const [out, branch, single] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ];
  const count = (seen: Map<string, number>, id: string): unknown => seen.set(id, (seen.get(id) ?? 0) + 1);
  client.on('message', (topic, body) => {
    if (topic.startsWith('once/')) {
      count(single, topic.slice('once/'.length));
      return;
    }
    const { idempotency_key: id } = JSON.parse(body.toString()) as { idempotency_key: string };
    count(topic.startsWith('branch/') ? branch : out, id);
  });
  await client.subscribeAsync([TOPIC, 'once/#', 'branch/#'], { qos: 1 });

  const filter = await NodeRedProcess.start({ flows: once(broker.port) });
  let nodeRed = await NodeRedProcess.start({ flows: longWay(broker.port, variant) });
  const { userDir } = nodeRed;
  const sender = new Sender(client, variant.qos);
  try {
    await sender.probe(() => single.size > 0 && branch.size > 0);
    sender.start(() => Math.min(out.size, branch.size, single.size));
    /** Until so many more have come out, which is at no moment in particular of all the others. */
    const more = (count: number) => {
      const enough = out.size + count;
      return until('more come out', () => out.size >= enough, PATIENCE);
    };
    for (let kill = 0; kill < kills; kill += 1) {
      await more(Math.random() * MOST_BETWEEN_KILLS);
      await nodeRed.kill();
      nodeRed = await NodeRedProcess.start({ userDir });
    }
    await more(1);
    await sender.stop();
    const all = (seen: Map<string, number>) => () => [...sender.ids].every((id) => seen.has(id));
    await whileItGoesOn(() => out.size + branch.size + single.size, [all(out), all(branch), all(single)]);
    // A repetition that is still under way comes before one more message.
    const end = await sender.send();
    const hasCome = (): boolean => [out, branch, single].every((seen) => seen.has(end));
    await until('the last has come', hasCome, PATIENCE).catch(() => undefined);
    const without = (seen: Map<string, number>) => [...sender.ids].filter((id) => !seen.has(id));
    const missing = (seen: Map<string, number>) => without(seen).length;
    const named = [...without(out).map((id) => `${id} out`), ...without(branch).map((id) => `${id} branch`)];
    const repeated = (seen: Map<string, number>) =>
      [...sender.ids].filter((id) => (seen.get(id) ?? 0) > 1).length;
    return {
      ...{ sent: sender.ids.size, kills, lost: named.length, lostIds: named.slice(0, 10) },
      ...{ duplicates: repeated(out) + repeated(branch), duplicatesAllowed: kills * DUPLICATES_PER_KILL },
      ...{ lostAfterDeduplication: missing(single), duplicatesAfterDeduplication: repeated(single) },
    };
  } finally {
    await sender.stop();
    await Promise.all([nodeRed.stop(), filter.stop(), client.endAsync()]);
  }
}

/** Waits until all conditions hold, or until nothing has come for a long time: a busy machine has more to catch up. */
async function whileItGoesOn(progress: () => number, conditions: (() => boolean)[]): Promise<void> {
  let [before, since] = [progress(), Date.now()];
  while (!conditions.every((holds) => holds())) {
    if (progress() > before) [before, since] = [progress(), Date.now()];
    if (Date.now() - since > PATIENCE) return;
    await delay(100);
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
    const { id, topic, body } = this.next();
    await this.client.publishAsync(`in/${topic}`, body, { qos: this.qos });
    this.ids.add(id);
    return id;
  }

  /** Resolves when both flows are subscribed: the first event of each is retained, and comes when its flow is. */
  async probe(stands: () => boolean): Promise<void> {
    for (const before of ['', 'in/']) {
      const { topic, body } = this.next();
      await this.client.publishAsync(before + topic, body, { qos: this.qos, retain: true });
    }
    await until('something comes out of the flows', stands, PATIENCE);
  }

  private next(): { id: string; topic: string; body: Buffer } {
    this.count += 1;
    const id = `event-${this.count}`;
    const event = this.contract.build('project-created', {
      payload: this.payload,
      members: { idempotency_key: id },
    });
    const { topic, body } = this.contract.serialise(event);
    return { id, topic, body: Buffer.from(body) };
  }

  /** @param ended how many have come out */
  start(ended: () => number): void {
    this.running = this.run(ended);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(ended: () => number): Promise<void> {
    while (!this.stopped) {
      if (this.count - ended() < MOST_WAITING)
        await Promise.all(Array.from({ length: PER_SECOND / 20 }, () => this.send()));
      await delay(50);
    }
  }
}
