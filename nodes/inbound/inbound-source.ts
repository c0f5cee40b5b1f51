import { counted } from '../../src/counted.js';
import type { NodeDef } from 'node-red';
import type { Delivery, SubscribeOptions } from '../../src/brokers/broker.js';
import { systemClock } from '../../src/clock.js';
import type { Contract } from '../../src/contracts/contract.js';
import { InboxFacts } from '../../src/delivery/inbound/inbox-facts.js';
import { InboxDriver } from '../../src/delivery/inbound/inbox-driver.js';
import { InboxQueueStore } from '../../src/delivery/inbound/inbox-store.js';
import type { Decision, HeldGroup, Origin, Outcome } from '../../src/delivery/inbound/work.js';
import { DEFAULT_RETRY } from '../../src/delivery/retry-rule.js';
import { type Partition, takes } from '../../src/delivery/partitions/partition.js';
import type { GridwireError } from '../../src/errors.js';
import { type InboundMessage, wirePart } from '../../src/event.js';
import { facts, type Place } from '../../src/observe/facts/facts.js';
import { own } from '../../src/own.js';
import type { DeduplicationWindow } from '../../src/store/queue-stores.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import type { NodeTools } from '../runtime/node-behaviour.js';
import { isInFlowFile } from '../runtime/deployed.js';
import { FlowRun, type Outputs } from './flow-run.js';
import { kindOf } from './kind-of.js';
import { memoriesOf } from '../runtime/memories.js';
import { rejectedMessage } from '../runtime/messages.js';
import { placeOf } from '../runtime/place.js';
import { PartitionReceiver, type PartitionIntake } from './partition-receiver.js';
import type { PartitionSettings } from '../fields/partition-settings.js';
import { Receiver } from './receiver.js';
import { Rejections } from './rejections.js';
import { followsFrom, traced, tracedDelivery, traceLetter } from './traced.js';
import { assertSafeHeaders } from '../runtime/unsafe-header.js';
import { watchStore } from '../runtime/store-watch.js';
import { withExpiry } from './with-expiry.js';
import type { SettlementSettings } from '../fields/settlement-settings.js';

/** A message has to wait for a decision about this. */
export interface HeldBy {
  heldBy: string;
}

export interface InboundOptions {
  brokerNode: UsableBrokerNode;
  settlement: SettlementSettings;
  contract: Contract | undefined;
  /** Index of the output for refused messages, and how many outputs there are. */
  rejected: number;
  outputs: number;
  /** What to send for a message; nothing means that it is dealt with. @throws GridwireError why it is refused */
  messages: (message: InboundMessage, attempt: number) => Outputs[] | HeldBy;
  deadLetterTopic: (message: InboundMessage) => string | undefined;
  /** Repetitions are recognised by this id and dropped; needs the settlement's store. */
  duplicates?: { idOf: (message: InboundMessage) => string | undefined; window: DeduplicationWindow };
  /** The source is shared with other processes. */
  shared?: PartitionSettings | undefined;
  /**
   * Waited for before the first message, and before those of partitions that another process had; must not reject, and
   * has to end with the signal.
   * @param isTold tells the topics of these messages
   */
  prepare?: (isTold: (topic: string) => boolean, closing: AbortSignal) => Promise<void>;
  /** Whether the node knows something of a message that has to be known at its next attempt. */
  knows?: (message: InboundMessage) => boolean;
  /** Told what an earlier process has left that is held. */
  heldBefore?: (held: HeldGroup) => void;
  /** Told of what was held and is not any more, though nobody has decided. */
  heldNoMore?: (held: HeldGroup) => void;
  /** Waited for when the flow is done with a message, before it is settled; must not reject. */
  afterFlow?: (message: InboundMessage) => Promise<void>;
}

/** How long the flow may take with what is in hand when its source is deleted, milliseconds; a store that is deleted too waits 5 s. */
const PATIENCE = 2_000;
/** Topics that a line in the log names. */
const MOST_TOPICS = 5;

/** What nodes that receive from a broker share: subscription, settlement, refused messages, status. */
export class InboundSource {
  private readonly rejections: Rejections;
  private readonly flow: FlowRun;
  private readonly keeps: boolean;
  private readonly closing = new AbortController();
  private receiver: Receiver | PartitionReceiver | undefined;
  private readonly unwatchStore: (() => void) | undefined;
  /** All that are open: one, or one for each partition that is worked on here. */
  private readonly inboxes = new Map<InboxDriver, string>();
  private readonly place: Place;

  constructor(
    private readonly tools: NodeTools<NodeDef>,
    private readonly options: InboundOptions,
  ) {
    const { RED, node, config, status, repeats } = tools;
    const { settlement, rejected, outputs, brokerNode } = options;
    this.place = placeOf(node, brokerNode);
    this.flow = new FlowRun(RED, node, config, settlement, status, repeats);
    this.rejections = new Rejections(
      node,
      status,
      () => this.flow.reachesAnyone(rejected),
      rejected,
      outputs,
    );
    this.keeps = settlement.store !== undefined && settlement.mode !== 'receipt';
    settlement.store?.acquire(node);
    if (settlement.store !== undefined) this.unwatchStore = watchStore(status, settlement.store);
  }

  start(filter: string, subscribe: SubscribeOptions): void {
    const { node } = this.tools;
    const { brokerNode, shared } = this.options;
    const { signal } = this.closing;
    const options = { ...subscribe, window: this.options.settlement.window };
    if (shared !== undefined) {
      const open = (partition: Partition): PartitionIntake => this.newIntake(shared.group, partition);
      const prepare = async (taken: readonly Partition[]): Promise<void> =>
        this.options.prepare?.((topic) => taken.some((partition) => takes(partition, topic)), signal);
      this.receiver = new PartitionReceiver(this.tools, { ...shared, open, prepare }, options, this.place);
      this.receiver.start();
      return;
    }
    const inbox = this.newInbox(`settle ${node.id}`);
    const receiver = new Receiver(this.tools, brokerNode, () => inbox.waiting);
    this.receiver = receiver;
    const prepared = Promise.resolve(this.options.prepare?.(() => true, signal)).then(() => {
      if (!signal.aborted) receiver.start(filter, (delivery) => this.take(inbox, delivery), options);
    });
    own(prepared, (error) => node.error(error.message));
  }

  /** Somebody has decided about what is held. */
  decided(decision: Decision): void {
    for (const inbox of this.inboxes.keys()) inbox.decided(decision);
  }

  /** @param removed as Node-RED says it: the node was deleted, or only disabled */
  async stop(removed: boolean): Promise<void> {
    const { RED, node } = this.tools;
    const isDeleted = removed && !isInFlowFile(RED, node);
    this.closing.abort();
    this.unwatchStore?.();
    // Partitions are handed over when the flow has finished with what it has of them.
    if (this.receiver instanceof PartitionReceiver) await this.receiver.stop();
    for (const inbox of this.inboxes.keys()) if (isDeleted) await this.takeLeave(inbox);
    for (const inbox of [...this.inboxes.keys()]) await this.closeInbox(inbox);
    this.flow.close();
    if (this.receiver instanceof Receiver) await this.receiver.stop(isDeleted);
    this.options.settlement.store?.release(node);
  }

  private take(inbox: InboxDriver, delivery: Delivery): void {
    this.rejections.counted();
    inbox.take(tracedDelivery(this.tools.RED, this.place, delivery, this.options.contract));
  }

  /** What is in hand is finished or written down; what is neither is given up, and that is said. */
  private async takeLeave(inbox: InboxDriver): Promise<void> {
    const { node } = this.tools;
    const { kept, lost } = await inbox.finish(PATIENCE);
    if (lost.length > 0) {
      facts.dropped.tell({ place: this.place, way: 'in', code: 'BROKER_CLOSED', count: lost.length });
      const topics = [...new Set(lost)];
      const named = topics.slice(0, MOST_TOPICS).join(', ') + (topics.length > MOST_TOPICS ? ', …' : '');
      node.warn(
        `The node was deleted. Given up, because its flow had not finished: ${counted(lost.length, 'event')}, on ${named}.`,
      );
    }
    if (kept > 0)
      node.warn(
        `The node was deleted: ${kept} of its events wait in the store for another attempt, under the id ${node.id}. A node with this id takes them up; the store's sidebar exports or discards them.`,
      );
  }

  private newIntake(group: string, { name }: Partition): PartitionIntake {
    const inbox = this.newInbox(`settle ${group} ${name}`);
    return {
      take: (delivery) => this.take(inbox, delivery),
      drain: () => inbox.drain(),
      close: () => this.closeInbox(inbox),
      get inHand() {
        return inbox.inHand;
      },
      get waiting() {
        return inbox.waiting;
      },
    };
  }

  /** @param queue where the store keeps what failed and what was seen */
  private newInbox(queue: string): InboxDriver {
    const { settlement, contract, duplicates, knows, heldBefore, heldNoMore } = this.options;
    const store = this.storeOf(queue);
    const inbox = new InboxDriver(
      {
        facts: new InboxFacts(this.place, ({ topic }) => contract?.aboutOf(topic)),
        clock: systemClock,
        random: Math.random,
        work: {
          process: (message, attempt, origin) => this.process(message, attempt, origin),
          giveUp: (message, error, origin, toStore) => this.giveUp(message, error, origin, toStore),
          ...(duplicates === undefined || store === undefined ? {} : { idOf: duplicates.idOf }),
          ...(knows === undefined ? {} : { knows }),
          ...(heldBefore === undefined ? {} : { heldBefore }),
          ...(heldNoMore === undefined ? {} : { heldNoMore }),
        },
        ...(store === undefined ? {} : { store }),
        tell: ({ code, fault, message }) =>
          this.tools.repeats.another(
            code,
            fault === 'permanent'
              ? message
              : `Events stay with their broker until the store is back: ${message}`,
          ),
      },
      {
        retry: contract?.data.retry ?? DEFAULT_RETRY,
        onReceipt: settlement.mode === 'receipt',
        holdsAtMost: Math.floor(settlement.window / 2),
        ...(duplicates === undefined ? {} : { remembersIds: duplicates.window.age }),
      },
    );
    this.inboxes.set(inbox, queue);
    settlement.store?.inboxes.add(queue, inbox);
    memoriesOf(this.tools.RED).set(inbox, store === undefined ? undefined : settlement.store?.id);
    return inbox;
  }

  private closeInbox(inbox: InboxDriver): Promise<void> {
    const queue = this.inboxes.get(inbox);
    this.inboxes.delete(inbox);
    memoriesOf(this.tools.RED).delete(inbox);
    if (queue !== undefined) this.options.settlement.store?.inboxes.remove(queue, inbox);
    return inbox.close();
  }

  private storeOf(queue: string): InboxQueueStore | undefined {
    const { settlement, duplicates, shared } = this.options;
    const { store } = settlement;
    if (store === undefined || !this.keeps) return undefined;
    return new InboxQueueStore({
      open: () => store.connection.access(),
      // What failed in a partition goes to whoever has the partition; the marks are for all who read the source.
      nameIn: (opened) => (shared === undefined ? opened.ownQueue(queue) : Promise.resolve(queue)),
      scope: queue,
      clock: systemClock,
      ...(duplicates === undefined ? {} : { window: duplicates.window }),
    });
  }

  /** Where nothing follows on the flow it is the flow's promise, because each layer costs every message one. */
  private process(message: InboundMessage, attempt: number, origin: Origin): Promise<Outcome> {
    const { ready } = this.flow;
    if (ready !== undefined) return ready.then(() => this.process(message, attempt, origin));
    const { contract, afterFlow, messages: madeOf } = this.options;
    assertSafeHeaders(message);
    const messages = madeOf(message, attempt);
    if ('heldBy' in messages) return Promise.resolve({ kind: 'held', by: messages.heldBy });
    // The flow may change the messages.
    const about = kindOf(messages, contract);
    const run = traced(this.tools.RED, this.place, message, messages, contract, () =>
      this.flow.run(messages, origin),
    );
    if (afterFlow === undefined && about === undefined) return run;
    return run.then((outcome) => {
      const told = about === undefined ? outcome : { ...outcome, about };
      return afterFlow === undefined || outcome.kind !== 'done' ? told : afterFlow(message).then(() => told);
    });
  }

  /** To the output for refused messages; where nobody is behind it, to catch nodes, the log and the store. */
  private async giveUp(
    given: InboundMessage,
    error: GridwireError,
    origin: Origin,
    toStore: boolean,
  ): Promise<Outcome> {
    const { ready } = this.flow;
    if (ready !== undefined) await ready;
    const message = withExpiry(given, this.options.contract);
    if (toStore) return this.lettered(given, message, error);
    const rejected = rejectedMessage(message, error, this.options.deadLetterTopic(message));
    Object.assign(rejected, followsFrom(this.tools.RED, given));
    const branches: Outputs[] = [];
    const isTaken = this.rejections.reject(rejected, error, (outputs) => branches.push(outputs));
    if (!isTaken && this.keeps) return this.lettered(given, message, error);
    const onReceipt = this.options.settlement.mode === 'receipt';
    return this.flow.run(branches, origin, onReceipt ? 'receipt' : 'completion');
  }

  private lettered(
    given: InboundMessage,
    message: InboundMessage,
    { code, message: reason, fault }: GridwireError,
  ): Outcome {
    const { contract } = this.options;
    traceLetter(this.tools.RED, this.place, given, contract, code);
    const of = contract === undefined ? {} : { contract: contract.name };
    const why = { code, reason, fault, failedAt: systemClock.wall() };
    const whole = message.unreadable === undefined ? {} : { incomplete: true as const };
    return { kind: 'done', deadLetter: { message: wirePart(message), ...of, ...why, ...whole } };
  }
}
