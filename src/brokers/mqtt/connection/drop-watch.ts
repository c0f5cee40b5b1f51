import { counted } from '../../../counted.js';
import type { MqttClient } from 'mqtt';
import { GridwireError } from '../../../errors.js';

/** Topics under which Mosquitto tells of itself, and what each is called here. */
const TOPICS = {
  '$SYS/broker/version': 'version',
  '$SYS/broker/publish/messages/dropped': 'dropped',
  '$SYS/broker/store/messages/count': 'stored',
  '$SYS/broker/clients/disconnected': 'sessions',
} as const;

type SystemValue = (typeof TOPICS)[keyof typeof TOPICS];

/** Drops are told at once, and then at most this often, milliseconds. */
const INTERVAL = 60_000;

/**
 * Reads what a broker publishes about itself below `$SYS`, and tells of every message that it dropped: for a client
 * that was away too long for its queue, or that was too slow. Such a loss is the broker's, and nobody else notices it.
 */
export class DropWatch {
  #values: Partial<Record<SystemValue, string>> = {};
  /** The broker's counter as far as it has been told of; undefined while it was never seen. */
  #told: number | undefined;
  /** Messages dropped since this process watches. */
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly address: string,
    private readonly tell: (problem: GridwireError) => void,
  ) {}

  /** What the broker says, as text; a value is absent when it does not say or this client may not read it. */
  get values(): Readonly<Partial<Record<SystemValue, string>>> {
    return this.#values;
  }

  /** Messages that the broker dropped since this process watches; at most, where it came after the first of them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether the broker tells of itself, and this client may read it. */
  get isTold(): boolean {
    return Object.keys(this.#values).length > 0;
  }

  attach(client: MqttClient): void {
    this.#values = {};
    client.on('message', (topic, body, { retain }) => this.#heard(topic, body.toString(), retain));
    // A broker that refuses is one that does not say.
    client.subscribe(Object.keys(TOPICS), { qos: 0 }, () => undefined);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #heard(topic: string, text: string, isRetained: boolean): void {
    const name = Object.hasOwn(TOPICS, topic) ? TOPICS[topic as keyof typeof TOPICS] : undefined;
    if (name === undefined || text.length > 200) return;
    this.#values[name] = text;
    const count = Number(text);
    if (name !== 'dropped' || !Number.isFinite(count)) return;
    // A value that was kept counts what was lost before this process came. Mosquitto keeps one for a minute only: without
    // it, the first value is the news that messages are being lost, and how many of them were before is not known.
    if (this.#told === undefined && isRetained) this.#told = count;
    // A broker that was started anew counts anew.
    else if (count < (this.#told ?? 0)) this.#told = 0;
    if (count > (this.#told ?? 0) && this.#timer === undefined) this.#report(count);
  }

  #report(total: number): void {
    const isExact = this.#told !== undefined;
    const count = total - (this.#told ?? 0);
    this.#told = total;
    this.#dropped += count;
    const messages = `${isExact ? '' : 'up to '}${counted(count, 'message')}`;
    const text =
      `The broker at ${this.address} has dropped ${messages} for clients that were away or too slow ` +
      `(${total} since it was started). Raise its queue limits (Mosquitto: max_queued_messages), or find the session that nobody reads.`;
    this.tell(new GridwireError('BROKER_DROPPED', text, { details: { count, total, lost: count } }));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = Number(this.#values.dropped);
      if (now > (this.#told ?? 0)) this.#report(now);
    }, INTERVAL);
    this.#timer.unref();
  }
}
