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
  /** The broker's counter when this process first saw it, and as far as it has been told of. */
  #first: number | undefined;
  #told = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly address: string,
    private readonly tell: (problem: GridwireError) => void,
  ) {}

  /** What the broker says, as text; a value is absent when it does not say or this client may not read it. */
  get values(): Readonly<Partial<Record<SystemValue, string>>> {
    return this.#values;
  }

  /** Messages that the broker dropped since this process first saw its counter. */
  get dropped(): number {
    return Number(this.#values.dropped ?? 0) - (this.#first ?? 0);
  }

  attach(client: MqttClient): void {
    this.#values = {};
    client.on('message', (topic, body) => this.#heard(topic, body.toString()));
    // A broker that refuses is one that does not say.
    client.subscribe(Object.keys(TOPICS), { qos: 0 }, () => undefined);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #heard(topic: string, text: string): void {
    const name = Object.hasOwn(TOPICS, topic) ? TOPICS[topic as keyof typeof TOPICS] : undefined;
    if (name === undefined || text.length > 200) return;
    this.#values[name] = text;
    const count = Number(text);
    if (name !== 'dropped' || !Number.isFinite(count)) return;
    // The first value counts what was lost before this process came; a smaller one is that of a broker started anew.
    if (this.#first === undefined || count < this.#first) this.#first = this.#told = count;
    if (count > this.#told && this.#timer === undefined) this.#report();
  }

  #report(): void {
    const total = Number(this.#values.dropped);
    const count = total - this.#told;
    this.#told = total;
    const text =
      `The broker at ${this.address} has dropped ${count} ${count === 1 ? 'message' : 'messages'} for clients that were away or too slow ` +
      `(${total} since it was started). Raise its queue limits (Mosquitto: max_queued_messages), or find the session that nobody reads.`;
    this.tell(new GridwireError('BROKER_DROPPED', text, { details: { count, total, lost: count } }));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (Number(this.#values.dropped) > this.#told) this.#report();
    }, INTERVAL);
    this.#timer.unref();
  }
}
