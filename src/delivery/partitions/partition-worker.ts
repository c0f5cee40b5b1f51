import type { Broker, BrokerState, Delivery, SubscribeOptions, Subscription } from '../../brokers/broker.js';
import { type Clock, pause } from '../../clock.js';
import { type GridwireError, toGridwireError } from '../../errors.js';
import { own } from '../../own.js';
import { isForeign, type Partition } from './partition.js';

/** What takes a partition's messages, from the moment it is taken over to the moment it is given up. */
export interface Intake {
  take(delivery: Delivery): void;
  /** Messages that the flow has, or whose end is being written down; some have left the broker. */
  readonly inHand?: number;
  /** Begins nothing new. */
  drain?(): void;
  /** From now on nothing may be settled but what is being written down; resolves when that has ended. */
  close(): Promise<void> | void;
}

export interface WorkerOptions {
  partition: Partition;
  /** The partition's session. */
  broker: Broker;
  intake: Intake;
  subscribe: SubscribeOptions;
  clock: Clock;
  onChange: () => void;
  onProblem: (error: GridwireError) => void;
}

/** Milliseconds that messages in hand may take to be settled before the partition is handed over without them. */
const PATIENCE = 5_000;
/** Between two looks at whether they are, milliseconds. */
const LOOK = 20;
/** Milliseconds without a message after which a session that is subscribed to nothing is empty. */
const QUIET = 2_000;
const RETRY = 10_000;

/** Works on one partition: holds its session, and hands its messages over one by one. */
export class PartitionWorker {
  /** Resolves when the broker has granted every filter, or when the worker was stopped. */
  readonly #opened: Promise<void>;
  #ready = false;
  #refusal: GridwireError | undefined;
  #subscriptions: Subscription[] = [];
  #waiting: Delivery[] = [];
  #inHand = 0;
  #held = false;
  #draining = false;
  #stopping: Promise<void> | undefined;
  #lastAt: number;
  #wake: () => void = () => undefined;
  /** The failure that was told last: the same again at every attempt would bury the log. */
  #told = '';
  readonly #onState = (state: BrokerState, error?: GridwireError): void => {
    // The next connection asks again.
    if (state !== 'connected') this.#refusal = undefined;
    if (state === 'connected') this.#told = '';
    else if (error !== undefined && error.message !== this.#told) {
      this.#told = error.message;
      this.options.onProblem(error);
    }
    this.#wake();
    this.options.onChange();
  };
  readonly #onProblem = (error: GridwireError): void => {
    if (error.code === 'SUBSCRIBE_REFUSED') this.#refusal = error;
    this.options.onProblem(error);
  };

  /** @param held whether messages are to wait, unsettled, until `release` */
  constructor(
    private readonly options: WorkerOptions,
    held: boolean,
  ) {
    this.#held = held;
    this.#lastAt = options.clock.now();
    options.broker.on('state', this.#onState);
    options.broker.on('problem', this.#onProblem);
    this.#opened = this.#open();
  }

  /** The broker has granted every filter. */
  get isReady(): boolean {
    return this.#ready;
  }

  /** Why the broker did not grant one when it was asked last. */
  get refusal(): GridwireError | undefined {
    return this.#refusal;
  }

  get isConnected(): boolean {
    return this.options.broker.state === 'connected';
  }

  /** Lets what waits, and all that comes, go to the flow. */
  release(): void {
    this.#held = false;
    for (const delivery of this.#waiting.splice(0)) this.#hand(delivery);
  }

  /** Unsubscribes, works off what the broker has kept, and resolves when nothing is left: true. False if stopped. */
  async finish(): Promise<boolean> {
    await this.#opened;
    while (this.#stopping === undefined && !(await this.#unsubscribed())) await this.#pause(QUIET);
    while (this.#stopping === undefined) {
      const quietFor = this.options.clock.now() - this.#lastAt;
      if (this.#inHand === 0 && this.isConnected && quietFor >= QUIET) return true;
      await this.#pause(QUIET / 10);
    }
    return false;
  }

  async #unsubscribed(): Promise<boolean> {
    try {
      for (const subscription of this.#subscriptions) await subscription.finish?.();
      this.#lastAt = this.options.clock.now();
      return true;
    } catch {
      // The connection was lost; the worker's broker makes it anew.
      return false;
    }
  }

  /** Takes no more, lets the flow finish what it has, and leaves the rest with the broker. */
  async handOver(): Promise<void> {
    this.#draining = true;
    this.options.intake.drain?.();
    const { clock } = this.options;
    for (const end = clock.now() + PATIENCE; this.#isBusy && clock.now() < end;) await this.#pause(LOOK);
    await this.stop();
  }

  #pause(milliseconds: number): Promise<void> {
    return pause(this.options.clock, milliseconds);
  }

  get #isBusy(): boolean {
    return this.#inHand > 0 || (this.options.intake.inHand ?? 0) > 0;
  }

  /** Leaves at once; what is unsettled stays with the broker. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { broker, intake } = this.options;
    this.#draining = true;
    this.#wake();
    await intake.close();
    await broker.disconnect().catch(this.#onProblem);
    broker.off('state', this.#onState);
    broker.off('problem', this.#onProblem);
  }

  async #open(): Promise<void> {
    const { broker, onProblem } = this.options;
    own(broker.connect(), onProblem);
    while (this.#stopping === undefined) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      const { granted, refusal } = await this.#subscribe();
      this.#subscriptions = granted;
      this.#refusal = refusal;
      this.#ready = refusal === undefined && this.isConnected;
      if (this.#ready) return;
      if (refusal === undefined) await woken;
      else {
        onProblem(refusal);
        await Promise.race([woken, this.#pause(RETRY)]);
      }
      await Promise.all(granted.map((subscription) => subscription.close()));
    }
  }

  /** A broker that is away refuses nothing, and is asked again as soon as it is back. */
  async #subscribe(): Promise<{ granted: Subscription[]; refusal: GridwireError | undefined }> {
    const { broker, partition, subscribe } = this.options;
    const handler = (delivery: Delivery): void => this.#arrived(delivery);
    const answers = await Promise.allSettled(
      partition.filters.map((filter) => broker.subscribe(filter, handler, named(subscribe, filter))),
    );
    const refused = answers.find((answer) => answer.status === 'rejected');
    return {
      granted: answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])),
      refusal: refused && toGridwireError(refused.reason),
    };
  }

  #arrived(delivery: Delivery): void {
    this.#lastAt = this.options.clock.now();
    if (isForeign(this.options.partition, delivery.message.topic)) delivery.settle('ack');
    else if (this.#held) this.#waiting.push(delivery);
    else this.#hand(delivery);
  }

  #hand(delivery: Delivery): void {
    if (this.#draining) return;
    this.#inHand += 1;
    let settled = false;
    this.options.intake.take({
      message: delivery.message,
      get identity() {
        return delivery.identity;
      },
      settle: (outcome) => {
        if (settled) return;
        settled = true;
        this.#inHand -= 1;
        delivery.settle(outcome);
      },
      holdsUp: () => delivery.holdsUp(),
      rename: (identity) => delivery.rename?.(identity),
    });
  }
}

/** A partition has several filters, each of which is a subscription of its own. */
function named(options: SubscribeOptions, filter: string): SubscribeOptions {
  const { identity } = options;
  return identity === undefined ? options : { ...options, identity: `${identity} ${filter}` };
}
