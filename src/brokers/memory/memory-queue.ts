import { systemClock } from '../../clock.js';
import { GridwireError, toGridwireError } from '../../errors.js';
import type { InboundMessage, Qos, WireMessage } from '../../event.js';
import { copyOf } from '../copy-message.js';
import type { DeliveryHandler, SettlementOutcome } from '../broker.js';
import { expiryWatch } from '../expiry.js';
import { Fifo } from '../../fifo.js';
import { type Linked, LinkedList, UNLISTED } from '../../linked-list.js';
import type { RetainedMemory } from '../retained-memory.js';
import { SettledOnce } from '../settled-once.js';

/** Who listens to a queue. A queue without one keeps its messages for the next. */
export interface Listener {
  handler: DeliveryHandler;
  window: number;
  problem: (error: GridwireError) => void;
}

interface Waiting extends Linked<Waiting> {
  message: WireMessage;
  /** What the broker knows the message by. */
  id: string;
  dueAt: number;
  redelivered: boolean;
  /** Throws when its time is over, by the clock that does not jump. */
  inTime: (() => void) | undefined;
}

/**
 * What one subscription has to come: messages in arrival order, of which at most `window` are in the flow's hands.
 * A negative settlement puts the message at the end again, so that a bad one never stops the good ones behind it.
 */
export class MemoryQueue {
  readonly #waiting = new Fifo<Waiting>();
  readonly #unsettled = new LinkedList<Waiting>();
  #listener: Listener | undefined;

  /**
   * @param qos the highest delivery level asked for
   * @param limit how many messages may wait
   * @param wake asks the hub to call `deliver`: soon, or after some milliseconds
   * @param memory remembers what its subscriber has finished with
   */
  constructor(
    readonly filter: string,
    private readonly qos: Qos,
    private readonly limit: number,
    private readonly wake: (queue: MemoryQueue, delay: number) => void,
    private readonly memory?: RetainedMemory,
  ) {}

  get isFull(): boolean {
    return this.size >= this.limit;
  }

  /** Messages that wait or are unsettled. */
  get size(): number {
    return this.#waiting.length + this.#unsettled.size;
  }

  /** The topic of the next one. */
  get nextTopic(): string | undefined {
    return this.#waiting.peek()?.message.topic;
  }

  get isAttached(): boolean {
    return this.#listener !== undefined;
  }

  attach(listener: Listener): void {
    this.#listener = listener;
    this.wake(this, 0);
  }

  /** Takes back what is unsettled, in its order; later settlements of it do nothing. */
  detach(): void {
    this.#listener = undefined;
    this.#waiting.putBack([...this.#unsettled].map((waiting) => again(waiting)));
    this.#unsettled.clear();
  }

  add(message: WireMessage, id: string, dueAt: number): void {
    this.#waiting.push({ message, id, dueAt, redelivered: false, inTime: expiryWatch(message), ...UNLISTED });
    this.wake(this, dueAt === 0 ? 0 : dueAt - systemClock.now());
  }

  /**
   * Hands over what is due.
   * @param budget most messages to hand over in this turn
   * @returns how many were
   */
  deliver(budget: number): number {
    let handed = 0;
    while (handed < budget && this.#listener && this.#unsettled.size < this.#listener.window) {
      const next = this.#waiting.peek();
      if (!next) break;
      const delay = next.dueAt === 0 ? 0 : next.dueAt - systemClock.now();
      if (delay > 0) {
        this.wake(this, delay);
        break;
      }
      this.#waiting.shift();
      handed += 1;
      this.#hand(next, this.#listener);
    }
    return handed;
  }

  #hand(waiting: Waiting, listener: Listener): void {
    const { message } = waiting;
    try {
      waiting.inTime?.();
    } catch (error) {
      listener.problem(toGridwireError(error));
      return;
    }
    this.#unsettled.add(waiting);
    const qos = Math.min(message.qos, this.qos) as Qos;
    const delivery = new SettledOnce(
      inbound(message, qos, waiting.redelivered),
      (outcome) => this.#settle(waiting, qos, outcome),
      undefined,
      () => waiting.id,
    );
    try {
      listener.handler(delivery);
    } catch (error) {
      const text = `The handler of ${this.filter} threw; the message on ${message.topic} stays unsettled.`;
      listener.problem(new GridwireError('INTERNAL', text, { cause: error }));
    }
  }

  #settle(waiting: Waiting, qos: Qos, outcome: SettlementOutcome): void {
    if (!this.#unsettled.delete(waiting)) return;
    if (outcome === 'ack') this.memory?.finished(waiting.message);
    if (outcome === 'nack' && qos > 0) {
      this.#waiting.push({ ...again(waiting), dueAt: 0 });
      // A turn of the event loop between attempts: a handler that always refuses must not starve the process.
      this.wake(this, 1);
    } else if (this.#waiting.length > 0) this.wake(this, 0);
  }
}

/** Every receiver gets bytes and headers of its own: nobody can change what another one sees. */
function inbound(message: WireMessage, qos: Qos, redelivered: boolean): InboundMessage {
  return { ...copyOf(message), qos, receivedAt: Date.now(), redelivered };
}

/** It goes back to those that wait. */
function again(waiting: Waiting): Waiting {
  return { ...waiting, ...UNLISTED, redelivered: true };
}
