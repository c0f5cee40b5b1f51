import type { NodeDef } from 'node-red';
import type { Delivery, SubscribeOptions } from '../../src/brokers/broker.js';
import type { Contract } from '../../src/contracts/contract.js';
import { Duplicates } from '../../src/delivery/inbound/duplicates.js';
import { Parking } from '../../src/delivery/inbound/parking.js';
import { DEFAULT_RETRY } from '../../src/delivery/retry-rule.js';
import { type Partition, takes } from '../../src/delivery/partitions/partition.js';
import {
  type Origin,
  type Outcome,
  Settlement,
  type SettlementOptions,
} from '../../src/delivery/inbound/settlement.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import type { InboundMessage } from '../../src/event.js';
import type { NewDeadLetter } from '../../src/store/dead-letter-store.js';
import type { DeduplicationWindow } from '../../src/store/queue-stores.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import type { NodeTools } from '../runtime/define-node.js';
import { FlowRun, type Outputs } from './flow-run.js';
import { rejectedMessage } from '../runtime/messages.js';
import { PartitionReceiver, type PartitionIntake } from './partition-receiver.js';
import type { PartitionSettings } from '../fields/partition-settings.js';
import { Receiver } from './receiver.js';
import { Rejections } from './rejections.js';
import type { SettlementSettings } from '../fields/settlement-settings.js';

export interface InboundOptions {
  brokerNode: UsableBrokerNode;
  settlement: SettlementSettings;
  contract: Contract | undefined;
  /** Index of the output for refused messages, and how many outputs there are. */
  rejected: number;
  outputs: number;
  /** What to send for a message; nothing means that it is dealt with. @throws GridwireError why it is refused */
  messages: (message: InboundMessage, attempt: number) => Outputs[];
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
  /** Waited for when the flow is done with a message, before it is settled; must not reject. */
  afterFlow?: (message: InboundMessage) => Promise<void>;
}

/** What nodes that receive from a broker share: subscription, settlement, refused messages, status. */
export class InboundSource {
  private readonly rejections: Rejections;
  private readonly flow: FlowRun;
  private readonly keeps: boolean;
  private readonly closing = new AbortController();
  private receiver: Receiver | PartitionReceiver | undefined;
  /** For all that comes, or, where partitions have their own, for what belongs to none that is worked on here. */
  private settlement: Settlement | undefined;

  constructor(
    private readonly tools: NodeTools<NodeDef>,
    private readonly options: InboundOptions,
  ) {
    const { RED, node, config, status } = tools;
    const { settlement, rejected, outputs } = options;
    this.rejections = new Rejections(node, status, config, rejected, outputs);
    this.flow = new FlowRun(RED, node, config, settlement, status);
    this.keeps = settlement.store !== undefined && settlement.mode !== 'receipt';
    settlement.store?.acquire(node);
  }

  start(filter: string, subscribe: SubscribeOptions): void {
    const { node, status } = this.tools;
    const { brokerNode, shared } = this.options;
    const { signal } = this.closing;
    const options = { ...subscribe, window: this.options.settlement.window };
    if (shared !== undefined) {
      this.settlement = this.newSettlement(undefined);
      const open = (partition: Partition): PartitionIntake => this.newIntake(shared.group, partition);
      const prepare = async (taken: readonly Partition[]): Promise<void> =>
        this.options.prepare?.((topic) => taken.some((partition) => takes(partition, topic)), signal);
      this.receiver = new PartitionReceiver(node, status, { ...shared, open, prepare }, options);
      this.receiver.start();
      return;
    }
    const settlement = this.newSettlement(`settle ${node.id}`);
    this.settlement = settlement;
    const receiver = new Receiver(node, brokerNode, status, () => settlement.waiting);
    this.receiver = receiver;
    void Promise.resolve(this.options.prepare?.(() => true, signal)).then(() => {
      if (!signal.aborted) receiver.start(filter, (delivery) => this.take(delivery), options);
    });
  }

  take(delivery: Delivery): void {
    this.rejections.counted();
    const own = this.receiver instanceof PartitionReceiver && this.receiver.intakeOf(delivery.message);
    if (own) own.take(delivery);
    else this.settlement?.take(delivery);
  }

  async stop(removed: boolean): Promise<void> {
    this.closing.abort();
    // Partitions are handed over when the flow has finished with what it has of them.
    if (this.receiver instanceof PartitionReceiver) await this.receiver.stop();
    this.settlement?.close();
    this.flow.close();
    if (this.receiver instanceof Receiver) await this.receiver.stop(removed);
    this.options.settlement.store?.release(this.tools.node);
  }

  private newIntake(group: string, { name }: Partition): PartitionIntake {
    const settlement = this.newSettlement(`settle ${group} ${name}`);
    return {
      take: (delivery) => {
        this.rejections.counted();
        settlement.take(delivery);
      },
      close: () => settlement.close(),
      get waiting() {
        return settlement.waiting;
      },
    };
  }

  /** @param queue where the store keeps what failed and what was seen; undefined to keep it in memory */
  private newSettlement(queue: string | undefined): Settlement {
    const { settlement, contract, duplicates, knows } = this.options;
    return new Settlement(
      {
        process: (message, attempt, origin) => this.process(message, attempt, origin),
        giveUp: (message, error, origin) => this.giveUp(message, error, origin),
        ...(duplicates === undefined ? {} : { idOf: duplicates.idOf }),
        ...(knows === undefined ? {} : { knows }),
      },
      {
        retry: contract?.data.retry ?? DEFAULT_RETRY,
        onReceipt: settlement.mode === 'receipt',
        ...this.storeParts(queue),
      },
    );
  }

  private storeParts(queue: string | undefined): Pick<SettlementOptions, 'parking' | 'duplicates'> {
    const { settlement, duplicates } = this.options;
    const { store } = settlement;
    if (queue === undefined || store === undefined || !this.keeps) return {};
    const parking = new Parking(
      () => store.connection.access(),
      // What failed in a partition goes to whoever has the partition; the marks are for all who read the source.
      (opened) => (this.options.shared === undefined ? opened.ownQueue(queue) : Promise.resolve(queue)),
      (error) =>
        this.tools.node.error(`Events stay with their broker until the store is back: ${error.message}`),
    );
    if (duplicates === undefined) return { parking };
    const marks = new Duplicates((action) => parking.persist(action), queue, duplicates.window);
    return { parking, duplicates: marks };
  }

  private async process(message: InboundMessage, attempt: number, origin: Origin): Promise<Outcome> {
    const { ready } = this.flow;
    if (ready !== undefined) await ready;
    try {
      const outcome = await this.flow.run(this.options.messages(message, attempt), origin);
      if (outcome.kind === 'done') await this.options.afterFlow?.(message);
      return outcome;
    } catch (thrown) {
      return { kind: 'failed', error: toGridwireError(thrown) };
    }
  }

  /** To the output for refused messages; where none is wired, to catch nodes, the log and the store. */
  private async giveUp(message: InboundMessage, error: GridwireError, origin: Origin): Promise<Outcome> {
    const rejected = rejectedMessage(message, error, this.options.deadLetterTopic(message));
    const branches: Outputs[] = [];
    this.rejections.reject(rejected, error.message, (outputs) => branches.push(outputs));
    if (!this.rejections.isWired && this.keeps)
      return { kind: 'done', deadLetter: this.letter(message, error) };
    const onReceipt = this.options.settlement.mode === 'receipt';
    return this.flow.run(branches, origin, onReceipt ? 'receipt' : 'completion');
  }

  private letter(message: InboundMessage, { code, message: reason, fault }: GridwireError): NewDeadLetter {
    const { contract } = this.options;
    const { topic, body, qos, retain, headers, key, tombstone } = message;
    return {
      message: {
        ...{ topic, body, qos, retain, headers },
        ...(key === undefined ? {} : { key }),
        ...(tombstone === undefined ? {} : { tombstone }),
      },
      ...(contract === undefined ? {} : { contract: contract.name }),
      code,
      reason,
      fault,
      failedAt: Date.now(),
    };
  }
}
