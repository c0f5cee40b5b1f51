import { setTimeout as delay } from 'node:timers/promises';
import type { ITopicConfig } from 'kafkajs';
import { GridwireError } from '../../../errors.js';
import type { LogHint } from '../../../event.js';
import type { Connection } from './connection.js';
import { kafkaFault } from './kafka-faults.js';
import type { TopicCreation } from './kafka-settings.js';

/** How long a new topic is waited for: 100 times, milliseconds apart. */
const APPEAR_POLLS = 100;
const APPEAR_INTERVAL = 50;
const DAY = 24 * 3_600_000;

/**
 * Which topics exist. kafkajs retries a missing topic for many seconds and fails other topics' messages meanwhile, so
 * each topic is asked for here before its first use, and created where that is allowed.
 */
export class TopicDirectory {
  readonly #known = new Set<string>();
  readonly #asked = new Map<string, Promise<void>>();
  readonly #watchers = new Set<() => void>();

  /** @param creation what to create missing topics with; undefined: not allowed */
  constructor(
    private readonly connection: Connection,
    private readonly creation: TopicCreation | undefined,
  ) {
    connection.on('topics', (names) => this.#listed(names));
  }

  get names(): readonly string[] {
    return [...this.#known];
  }

  /** Calls back whenever topics have come or gone. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  /**
   * Resolves once the topic exists.
   * @param hint what to create it with where the settings leave that open
   * @throws GridwireError `TOPIC_UNKNOWN`, `TOPIC_ILLEGAL`, `BROKER_REFUSED` without permission for it, or transient
   */
  async ensure(name: string, hint: LogHint = {}): Promise<void> {
    if (this.#known.has(name)) return;
    let asked = this.#asked.get(name);
    if (!asked) {
      asked = this.#ask(name, hint).finally(() => this.#asked.delete(name));
      this.#asked.set(name, asked);
    }
    await asked;
  }

  /** The next use asks again; after an error that says that the topic is gone. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  async #ask(name: string, hint: LogHint): Promise<void> {
    const admin = this.connection.admin;
    if (!admin) throw new GridwireError('BROKER_DISCONNECTED', 'Kafka is not connected.');
    try {
      await admin.fetchTopicMetadata({ topics: [name] });
    } catch (cause) {
      const fault = kafkaFault(cause, `The topic ${name} cannot be used`, { topic: name });
      if (fault.code !== 'TOPIC_UNKNOWN' || this.creation === undefined) throw fault;
      await this.#create(name, { ...wanted(hint), ...this.creation });
    }
    this.#known.add(name);
    this.#changed();
  }

  async #create(name: string, creation: TopicCreation): Promise<void> {
    const { partitions = -1, replicas = -1, retention } = creation;
    const topic: ITopicConfig = { topic: name, numPartitions: partitions, replicationFactor: replicas };
    if (retention !== undefined) topic.configEntries = [{ name: 'retention.ms', value: String(retention) }];
    try {
      await this.connection.admin?.createTopics({ topics: [topic], waitForLeaders: false });
    } catch (cause) {
      throw kafkaFault(cause, `The topic ${name} cannot be created`, { topic: name });
    }
    await this.#appeared(name);
  }

  /** A new topic is known to the controller first, and to the brokers a moment later. */
  async #appeared(name: string): Promise<void> {
    for (let poll = 1; ; poll += 1) {
      try {
        await this.connection.admin?.fetchTopicMetadata({ topics: [name] });
        return;
      } catch (cause) {
        const fault = kafkaFault(cause, `The topic ${name} was created and is not there yet`, {
          topic: name,
        });
        if (fault.code !== 'TOPIC_UNKNOWN') throw fault;
        if (poll === APPEAR_POLLS) throw new GridwireError('BROKER_TIMEOUT', fault.message, { cause });
      }
      await delay(APPEAR_INTERVAL);
    }
  }

  #listed(names: readonly string[]): void {
    const listed = new Set(names);
    const before = this.#known.size;
    const gone = [...this.#known].filter((name) => !listed.has(name));
    for (const name of gone) this.#known.delete(name);
    for (const name of names) this.#known.add(name);
    if (gone.length > 0 || this.#known.size !== before) this.#changed();
  }

  #changed(): void {
    for (const changed of this.#watchers) changed();
  }
}

function wanted({ partitions, retentionDays }: LogHint): TopicCreation {
  return {
    ...(partitions === undefined ? {} : { partitions }),
    ...(retentionDays === undefined ? {} : { retention: retentionDays * DAY }),
  };
}
