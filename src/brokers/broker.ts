import type { EventEmitter } from 'node:events';
import type { GridwireError } from '../errors.js';
import type { InboundMessage, WireMessage } from '../event.js';
import type { Finding } from './broker-check.js';
import type { Certificate } from './certificates.js';

/**
 * The one interface behind which memory, MQTT and Kafka stand. A flow moves from one to the next by changing one
 * config node, so nothing above this file may ask which one it has; it asks `capabilities`.
 */
export interface Broker extends EventEmitter<BrokerEvents> {
  readonly kind: BrokerKind;
  readonly capabilities: BrokerCapabilities;
  readonly state: BrokerState;
  /** Where it is, its servers separated by commas: whether two are one broker, `isSamePlace` says. */
  readonly address: string;

  /**
   * Starts connecting and keeps the connection up, with backoff, until `disconnect`. Resolves when the first
   * attempt has ended, whether it succeeded or not; failures are told by `state` events, never by rejection.
   */
  connect(): Promise<void>;

  /** Ends every subscription and the connection. Safe to call twice. */
  disconnect(): Promise<void>;
  /** Nobody will connect to it again: what is kept in this process for the next client goes, and is told. */
  forget?(): void;

  isConnected(): boolean;

  /**
   * For how long it has not answered on a connection that stands, milliseconds; absent where nobody asks, undefined while it
   * does. To look may be what asks it.
   */
  readonly silentFor?: number | undefined;
  /** The certificates that its connections rest on, as far as they are known; absent where there are none ever. */
  readonly certificates?: readonly Certificate[];

  /**
   * Hands one message to the broker, as soon as there is room for it. For those who send little and keep nothing;
   * an outbox offers its messages through an outlet.
   * @returns after the broker's acknowledgement by the message's QoS
   * @throws GridwireError `BROKER_DISCONNECTED` at once while not connected, and for all that waits when the connection
   *   ends: keeping an event while the broker is away is the outbox's work
   */
  publish(message: WireMessage): Promise<PublishResult>;

  /**
   * One sender's way out, which queues nothing. All outlets of a broker share its room fairly.
   * @param changed told when a message that was refused may have room now, and when the connection came or went; must
   *   not throw
   */
  outlet(changed: () => void): Outlet;

  /**
   * Delivers every message whose topic matches the MQTT-style filter until the subscription is closed, across
   * reconnects. With `capabilities.log` it may be a list, separated by commas, and `*` stands for any characters of a
   * name. The handler is called in arrival order and must not throw; it settles each delivery exactly once.
   * @throws GridwireError `FILTER_ILLEGAL` or `SUBSCRIBE_REFUSED`
   */
  subscribe(filter: string, handler: DeliveryHandler, options?: SubscribeOptions): Promise<Subscription>;

  /** What the broker promises, as far as it says so, and what it has lost. Never rejects; without a connection it says so. */
  check(): Promise<Finding[]>;

  /**
   * Pull: takes (or with `clear: false` looks at) what waits in a channel, a topic or a filter. The first call starts
   * the collection; from then on messages are kept in this process within `capacity`. They count as settled when
   * they arrive, so a pull channel survives a reconnect and not a restart.
   * @throws GridwireError `FILTER_ILLEGAL` or `SUBSCRIBE_REFUSED`
   */
  consume(channel: string, options?: ConsumeOptions): Promise<InboundMessage[]>;

  /**
   * Starts the collection of a pull channel before anything is taken, and ends it when all who opened it have closed it.
   * Who opens or consumes a channel by the same name shares what is in it: what one takes, no other sees.
   * @throws GridwireError `FILTER_ILLEGAL` or `SUBSCRIBE_REFUSED`
   */
  openChannel(channel: string, options?: ChannelOptions): Promise<PullChannel>;

  /**
   * Another connection with the same settings, for subscribing only, whose session the broker keeps under this name.
   * One process at a time has it: whoever connects takes it over, with all that was delivered and not settled. Absent
   * where there is no such thing (Kafka shares work by consumer groups, memory is one process).
   */
  session?(name: string): Broker;
}

/** Why a message is not written now: nothing is; none of its QoS and of its having an expiry or not; or it alone. */
export type NoRoom = 'all' | 'kind' | 'one';

/** Where one sender offers its messages to a connection. */
export interface Outlet {
  /**
   * Writes a message to the wire at once, or not at all.
   * @returns the broker's acknowledgement to come, which rejects as `publish` does; or why there is no room, of whose
   *   end the outlet's owner is told
   */
  offer(message: WireMessage): Promise<PublishResult> | NoRoom;
  /** Nothing is told any more. What is under way ends as the broker says. Safe to call twice. */
  close(): void;
}

/** One holder's hand on a pull channel. */
export interface PullChannel {
  /** As `Broker.consume`; nothing once the channel has ended. */
  consume(options?: ConsumeOptions): Promise<InboundMessage[]>;
  /** As `Subscription.isGranted`. */
  isGranted?(): boolean;
  /** The last holder's ends the collection; what nobody took is told as a `problem`. Safe to call twice. */
  close(): Promise<void>;
}

/** What people call it; what it can do is in its capabilities. */
export type BrokerKind = string;
export type BrokerState = 'disconnected' | 'connecting' | 'connected';

export interface BrokerCapabilities {
  /** Messages carry headers (Kafka, MQTT 5, memory). Without them metadata must go into the body. */
  headers: boolean;
  /** The broker keeps a last value for topics published with `retain`. */
  retain: boolean;
  /** A negative settlement brings the message back without a reconnect. */
  redelivers: boolean;
  /** Messages stay in a log that groups read from a place of their own: `group`, `from`, `lag`, lists of topics. */
  log: boolean;
  /** The binding of CloudEvents that goes with the broker; default is MQTT's, for as far as it carries headers. */
  cloudEvents?: 'kafka';
}

export interface BrokerEvents {
  /** Every change of state; `error` says why a connection ended or failed, if that is known. */
  state: [state: BrokerState, error?: GridwireError];
  /** Something went wrong that no promise reports: a refused resubscription, an expired or a dropped message. */
  problem: [error: GridwireError];
}

/** What a broker acknowledged. The shape of CELINE's documented result. */
export interface PublishResult {
  success: true;
  message_id: string;
  error: null;
}

export type SettlementOutcome = 'ack' | 'nack';

/** One message in the hands of the flow. Until it is settled the broker keeps it, as far as its protocol allows. */
export interface Delivery {
  readonly message: InboundMessage;
  /**
   * Names the message at its broker for as long as the broker keeps it: the same after a redelivery, a restart, a
   * kill. Undefined where the broker has no name for it (MQTT, QoS 0). MQTT uses packet ids again, so a message that
   * is not `redelivered` and has a known identity is another one, and may be given another identity (`rename`). Computed when it is asked for.
   */
  readonly identity?: string | undefined;
  /**
   * Gives it another identity, for as long as this process has it: a message that is not at its end yet had this one
   * before, and has left its broker.
   */
  rename?(identity: string): void;
  /**
   * Says that the flow is done with the message. Idempotent: only the first call counts.
   * @param outcome `ack`: done. `nack`: give it back to the broker if `capabilities.redelivers`. Without it (MQTT)
   *   a nack is a drop notice: MQTT 5 tells the broker reason code 0x83, MQTT 3.1.1 can only acknowledge, and
   *   neither delivers the message again. Whoever nacks must have kept the message elsewhere first.
   */
  settle(outcome: SettlementOutcome): void;
  /** How many others are settled and wait for this one, because the broker is answered in order (MQTT). */
  holdsUp(): number;
}

export type DeliveryHandler = (delivery: Delivery) => void;

export interface SubscribeOptions {
  /**
   * The subscriber's own name, which stays the same over deploys and restarts: the id of its node. It has one
   * subscription at a time. By it a group finds its place again (Kafka), a kept session is its own, a filter that was changed is told from one
   * that is gone for a moment, and retained values are known that it has finished with (MQTT, memory).
   */
  identity?: string;
  /** Highest QoS asked for; default 1. */
  qos?: 0 | 1 | 2;
  /** How many unsettled deliveries this subscription may hold; default 100. Further ones wait, in order. */
  window?: number;
  /** Whether retained values are delivered on subscribing; default true. */
  retained?: boolean;
  /** Kafka: the consumer group; default is made of client id, identity and filter. */
  group?: string;
  /** Kafka: where a group without offsets starts; default `latest`. */
  from?: StartAt;
  /** Kafka: how many unsettled deliveries one partition may have; 1 is strictly one after another. Default: `window`. */
  partitionWindow?: number;
  /** Told what stands in the way of this subscription after it was made; a `problem` of the broker tells it too. */
  onProblem?: (error: GridwireError) => void;
}

/**
 * Where reading of a log starts: at one of its ends, at the first message of a time (milliseconds since the epoch), or
 * at offsets by topic and partition, as `offsets.get('orders')?.get(0)`; partitions that are not named start at the
 * earliest.
 */
export type StartAt =
  | 'earliest'
  | 'latest'
  | { timestamp: number }
  | { offsets: ReadonlyMap<string, ReadonlyMap<number, bigint>> };

export interface Subscription {
  readonly filter: string;
  /** The session in which the broker keeps what comes while nobody is connected, where it does that (MQTT). */
  readonly session?: { clientId: string; address: string };
  /**
   * Takes no more deliveries. What is unsettled stays with the broker, and the broker stays subscribed, so that the
   * next `subscribe` with the same filter (after a redeploy, a restart) finds everything. Safe to call twice.
   */
  close(options?: CloseOptions): Promise<void>;
  /**
   * Asks the broker for nothing new, and goes on delivering what it has kept; where a session does that (MQTT).
   * @throws GridwireError `BROKER_DISCONNECTED` if the broker did not confirm it
   */
  finish?(): Promise<void>;
  /** Whether the broker has confirmed it in its present session, where it does that (MQTT). */
  isGranted?(): boolean;
  /** How many messages the broker holds that this subscription has not settled, where the broker can say (Kafka). */
  lag?(): Promise<number>;
}

export interface CloseOptions {
  /**
   * False (default): keep. The broker goes on collecting for whoever subscribes next, a node that was only disabled for
   * example. True: end. Nobody wants this filter any more; what waits here is given up, which a `problem` tells, and
   * what is in the flow's hands can still be settled.
   */
  unsubscribe?: boolean;
}

/** Must not throw. */
export type MessageTest = (message: InboundMessage) => boolean;

/** What a channel collects of all that its filter selects; the rest is left out. Channels with one name share one test. */
export interface Wanted {
  name: string;
  test: MessageTest;
}

export interface ChannelOptions
  extends Pick<ConsumeOptions, 'capacity'>, Pick<SubscribeOptions, 'onProblem'> {
  wanted?: Wanted;
}

export interface ConsumeOptions {
  /** Remove what is returned (default) or only look at it. */
  clear?: boolean;
  /** Most messages to return; default 1,000. */
  limit?: number;
  /** Only what matches this MQTT-style filter, or passes this test; the rest stays in the channel. */
  only?: string | MessageTest;
  /** How long to wait for a first message, milliseconds; default 0. */
  timeout?: number;
  /** How many messages the channel keeps before the oldest is dropped (a `problem`); set by its first call; default 10,000. */
  capacity?: number;
}
