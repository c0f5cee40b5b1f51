import { randomUUID } from 'node:crypto';
import { systemClock } from '../../clock.js';
import { GridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import type { SubscribeOptions } from '../broker.js';
import { copyOf } from '../copy-message.js';
import { assertNotExpired } from '../expiry.js';
import { memoryOf, type RetainedMemory } from '../retained-memory.js';
import { assertTopic, filterMatches } from '../topic-filter.js';
import { KeptQueues, type Subscriber } from './kept-queues.js';
import { MemoryQueue } from './memory-queue.js';
import { TopicTrie } from '../topic-trie.js';

/** Messages handed over before the event loop gets a turn. */
const BUDGET = 1_000;

export interface HubLimits {
  /** Messages that may wait for one subscription. */
  queue: number;
  /** Topics that may hold a retained value. */
  retained: number;
}

/** Told how many messages are given up, and the topic of the first. */
export type Tell = (count: number, topic: string) => void;

/** What a topic's message reaches: one queue, or the members of a shared subscription by turns. */
interface Target {
  next(): MemoryQueue;
}

/** The broker itself: topics, retained values and queues. Its clients are `MemoryBroker`s. */
export class MemoryHub {
  readonly #targets = new TopicTrie<Target>();
  readonly #retained = new Map<string, WireMessage>();
  readonly #groups = new Map<string, SharedGroup>();
  readonly #single = new Map<MemoryQueue, Target>();
  readonly #kept = new KeptQueues();
  readonly #ready = new Set<MemoryQueue>();
  readonly name = randomUUID();
  #count = 0;
  #scheduled = false;

  constructor(private readonly limits: HubLimits) {}

  /**
   * Takes a message for all whose filters select its topic; for all or, if one has no room, for none.
   * @param latency milliseconds until it may be delivered
   * @returns false if a QoS 0 message found a full queue and was dropped there
   * @throws GridwireError `TOPIC_ILLEGAL`, `EVENT_EXPIRED`, `BROKER_QUOTA`
   */
  publish(message: WireMessage, latency: number): boolean {
    if (!this.#targets.knows(message.topic)) assertTopic(message.topic);
    assertNotExpired(message);
    const queues: MemoryQueue[] = [];
    for (const target of this.#targets.match(message.topic)) {
      const queue = target.next();
      if (!queue.isFull || queue.isAttached || !this.#kept.makeWay(queue)) queues.push(queue);
    }
    const full = queues.find((queue) => queue.isFull);
    if (full && message.qos > 0) {
      throw new GridwireError(
        'BROKER_QUOTA',
        `The queue of the subscription ${full.filter} is full (${this.limits.queue} messages); settle or close it.`,
        { details: { filter: full.filter, topic: message.topic } },
      );
    }
    const kept = copyOf(message);
    const id = this.#nextId();
    if (message.retain) this.#retain(kept);
    const dueAt = latency > 0 ? systemClock.now() + latency : 0;
    for (const queue of queues) if (!queue.isFull) queue.add({ ...kept, retain: false }, id, dueAt);
    return full === undefined;
  }

  /** Takes over the queue that was kept for this subscriber, or makes one, with the retained values first. */
  open(
    subscriber: Subscriber,
    filter: string,
    { qos = 1, retained = true, identity }: SubscribeOptions,
  ): MemoryQueue {
    const kept = this.#kept.take(subscriber, filter);
    if (kept) return kept;
    const memory = identity === undefined ? undefined : memoryOf(this.name, identity, filter);
    const wake = (woken: MemoryQueue, delay: number): void => this.#wake(woken, delay);
    const queue = new MemoryQueue(filter, qos, this.limits.queue, wake, memory);
    const shared = /^\$share\/([^/]+)\/(.+)$/.exec(filter);
    if (shared) this.#join(shared[0], shared[2] ?? '', queue);
    else {
      const target = { next: () => queue };
      this.#single.set(queue, target);
      this.#targets.add(filter, target);
      if (retained) this.#addRetained(filter, queue, memory);
    }
    return queue;
  }

  /** Leaves the queue collecting for the subscriber's next subscription. @param tell told of what is given up after all */
  keep(subscriber: Subscriber, queue: MemoryQueue, tell: Tell): void {
    queue.detach();
    this.#kept.add(subscriber, queue, () => this.close(queue, tell));
  }

  /** Gives up all that is kept for somebody. */
  forget(): void {
    this.#kept.clear();
  }

  /** @param tell told of what is given up */
  close(queue: MemoryQueue, tell: Tell): void {
    queue.detach();
    if (queue.size > 0) tell(queue.size, queue.nextTopic ?? queue.filter);
    this.#ready.delete(queue);
    const target = this.#single.get(queue);
    if (target) {
      this.#single.delete(queue);
      this.#targets.remove(queue.filter, target);
      return;
    }
    const group = this.#groups.get(queue.filter);
    if (group?.leave(queue) === true) {
      this.#groups.delete(queue.filter);
      this.#targets.remove(group.filter, group);
    }
  }

  #join(name: string, filter: string, queue: MemoryQueue): void {
    let group = this.#groups.get(name);
    if (!group) {
      group = new SharedGroup(filter);
      this.#groups.set(name, group);
      this.#targets.add(filter, group);
    }
    group.join(queue);
  }

  #retain(message: WireMessage): void {
    if (message.body.byteLength === 0) {
      this.#retained.delete(message.topic);
      return;
    }
    if (!this.#retained.has(message.topic) && this.#retained.size >= this.limits.retained) {
      throw new GridwireError(
        'BROKER_QUOTA',
        `The memory broker keeps ${this.limits.retained} retained values and has no room for ${message.topic}.`,
        { details: { topic: message.topic } },
      );
    }
    this.#retained.set(message.topic, message);
  }

  /** A value that the subscriber has finished with before a deploy is no news. */
  #addRetained(filter: string, queue: MemoryQueue, memory: RetainedMemory | undefined): void {
    for (const [topic, message] of this.#retained) {
      if (memory?.knows(message) === true) continue;
      if (filterMatches(filter, topic) && !queue.isFull) queue.add(message, this.#nextId(), 0);
    }
  }

  /** A name that no message had before, in this process or an earlier one. */
  #nextId(): string {
    this.#count += 1;
    return `${this.name}/${this.#count}`;
  }

  #wake(queue: MemoryQueue, delay: number): void {
    if (delay > 0) {
      setTimeout(() => this.#wake(queue, 0), delay);
      return;
    }
    this.#ready.add(queue);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#deliver());
  }

  /** Runs after the publisher's own code, so that publishing never re-enters the caller. */
  #deliver(): void {
    let budget = BUDGET;
    for (const queue of this.#ready) {
      const handed = queue.deliver(budget);
      budget -= handed;
      if (budget <= 0) break;
      this.#ready.delete(queue);
    }
    this.#scheduled = this.#ready.size > 0;
    if (this.#scheduled) setImmediate(() => this.#deliver());
  }
}

/** `$share/group/filter`: each message goes to one member, by turns; members that listen go first. */
class SharedGroup implements Target {
  readonly #members: MemoryQueue[] = [];
  #turn = 0;

  constructor(readonly filter: string) {}

  join(queue: MemoryQueue): void {
    this.#members.push(queue);
  }

  /** @returns true when the group is empty */
  leave(queue: MemoryQueue): boolean {
    const index = this.#members.indexOf(queue);
    if (index >= 0) this.#members.splice(index, 1);
    return this.#members.length === 0;
  }

  next(): MemoryQueue {
    const listening = this.#members.filter((member) => member.isAttached && !member.isFull);
    const candidates = listening.length > 0 ? listening : this.#members;
    this.#turn = (this.#turn + 1) % candidates.length;
    return candidates[this.#turn] as MemoryQueue;
  }
}
