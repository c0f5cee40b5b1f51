import type { SentBefore } from '../../../src/delivery/outbound/sent-before.js';
import type { Broker, Delivery, PublishResult } from '../../../src/brokers/broker.js';
import type { Clock } from '../../../src/clock.js';
import type { HeldGroup } from '../../../src/delivery/inbound/work.js';
import type { GridwireError } from '../../../src/errors.js';
import type { InboundMessage, WireMessage } from '../../../src/event.js';
import type { NewDeadLetter } from '../../../src/store/dead-letter-store.js';
import type { SimStore } from '../engine/sim-store.js';
import type { Profile } from '../world/profile.js';

/** What every machine is given by its process. */
export interface Surroundings {
  clock: Clock;
  random: () => number;
  /** Undefined where events are kept in memory. */
  store: SimStore | undefined;
  profile: Profile;
  /** What the process has sent lately, by queue. */
  sentBefore: Map<string, SentBefore>;
}

/** Which event of a source a message is, where it goes out again. */
export interface SourceEvent {
  key: string;
  /** An earlier run may have left something of it elsewhere. */
  mayExist: boolean;
}

export interface OutboxMachine {
  send(message: WireMessage, origin: SourceEvent | undefined): Promise<PublishResult | undefined>;
  /** Resolves when nothing is under way any more, or the patience is over. */
  close(): Promise<void>;
  readonly size: number;
}

export interface OutboxPlace {
  node: string;
  server: string;
  broker: Broker;
  /** Told of an event that failed for good and that nobody waits for. */
  onLost: (error: GridwireError, message: WireMessage) => void;
}

export type Ending =
  | { kind: 'done'; deadLetter?: NewDeadLetter }
  | { kind: 'failed'; error: GridwireError }
  | { kind: 'aborted' }
  /** Somebody has to decide about it first. */
  | { kind: 'held'; by: string };

/** What the flow does with messages. */
export interface FlowWork {
  process(message: InboundMessage, attempt: number, origin: SourceEvent | undefined): Promise<Ending>;
  giveUp(message: InboundMessage, error: GridwireError): Promise<Ending>;
  /** A person is told something about the store. */
  tell(error: GridwireError): void;
  idOf: (message: InboundMessage) => string | undefined;
  /** What an earlier process left that waits for decisions. */
  heldBefore(held: HeldGroup): void;
  /** What was held and is not any more, though nobody has decided. */
  heldNoMore(held: HeldGroup): void;
}

export interface InboxMachine {
  take(delivery: Delivery): void;
  /** @param decision why what is held by that is refused; without a refusal it may go on */
  decided(decision: { by: string; refusal?: GridwireError }): void;
  close(): Promise<void>;
  /** What it remembers beside the messages in hand. */
  readonly memory: { messages: number; bytes: number };
  readonly waiting: number;
}

/** The code under test, as the simulator drives it. */
export interface Machines {
  outbox(place: OutboxPlace, surroundings: Surroundings): OutboxMachine;
  /** Under which name the store keeps what a node has for a server. */
  queueOf(node: string, server: string): string;
  inbox(node: string, work: FlowWork, surroundings: Surroundings): InboxMachine;
}
