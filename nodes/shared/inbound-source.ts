import type { NodeDef } from 'node-red';
import type { Delivery, SubscribeOptions } from '../../src/brokers/broker.js';
import type { Contract } from '../../src/contracts/contract.js';
import { Duplicates } from '../../src/delivery/duplicates.js';
import { Parking } from '../../src/delivery/parking.js';
import { DEFAULT_RETRY } from '../../src/delivery/retry-rule.js';
import { type Outcome, Settlement, type SettlementOptions } from '../../src/delivery/settlement.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import type { InboundMessage } from '../../src/event.js';
import type { NewDeadLetter } from '../../src/store/dead-letter-store.js';
import type { DeduplicationWindow } from '../../src/store/queue-stores.js';
import type { UsableBrokerNode } from './broker-node.js';
import type { NodeTools } from './define-node.js';
import { FlowRun, type Outputs } from './flow-run.js';
import { rejectedMessage } from './messages.js';
import { Receiver } from './receiver.js';
import { Rejections } from './rejections.js';
import type { SettlementSettings } from './settlement-settings.js';

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
}

/** What nodes that receive from a broker share: subscription, settlement, refused messages, status. */
export class InboundSource {
  private readonly receiver: Receiver;
  private readonly rejections: Rejections;
  private readonly flow: FlowRun;
  private readonly settlement: Settlement;
  private readonly parking: Parking | undefined;

  constructor(
    private readonly tools: NodeTools<NodeDef>,
    private readonly options: InboundOptions,
  ) {
    const { RED, node, config, status } = tools;
    const { brokerNode, settlement, contract, rejected, outputs, duplicates } = options;
    this.rejections = new Rejections(node, status, config, rejected, outputs);
    this.flow = new FlowRun(RED, node, config, settlement, status);
    this.parking = this.newParking();
    this.settlement = new Settlement(
      {
        process: (message, attempt) => this.process(message, attempt),
        giveUp: (message, error) => this.giveUp(message, error),
        ...(duplicates === undefined ? {} : { idOf: duplicates.idOf }),
      },
      {
        retry: contract?.data.retry ?? DEFAULT_RETRY,
        onReceipt: settlement.mode === 'receipt',
        ...this.storeParts(this.parking),
      },
    );
    this.receiver = new Receiver(node, brokerNode, status, () => this.settlement.waiting);
  }

  start(filter: string, options: SubscribeOptions): void {
    const { window } = this.options.settlement;
    this.receiver.start(filter, (delivery) => this.take(delivery), { ...options, window });
  }

  take(delivery: Delivery): void {
    this.rejections.counted();
    this.settlement.take(delivery);
  }

  async stop(removed: boolean): Promise<void> {
    this.settlement.close();
    this.flow.close();
    await this.receiver.stop(removed);
    this.options.settlement.store?.release(this.tools.node);
  }

  private newParking(): Parking | undefined {
    const { store, mode } = this.options.settlement;
    if (store === undefined || mode === 'receipt') return undefined;
    const { node } = this.tools;
    store.acquire(node);
    return new Parking(
      () => store.connection.access(),
      `settle ${node.id}`,
      (error) => node.error(`Events stay with their broker until the store is back: ${error.message}`),
    );
  }

  private storeParts(parking: Parking | undefined): Pick<SettlementOptions, 'parking' | 'duplicates'> {
    if (parking === undefined) return {};
    const { duplicates } = this.options;
    if (duplicates === undefined) return { parking };
    const scope = `settle ${this.tools.node.id}`;
    const marks = new Duplicates((action) => parking.persist(action), scope, duplicates.window);
    return { parking, duplicates: marks };
  }

  private async process(message: InboundMessage, attempt: number): Promise<Outcome> {
    const { ready } = this.flow;
    if (ready !== undefined) await ready;
    try {
      return await this.flow.run(this.options.messages(message, attempt));
    } catch (thrown) {
      return { kind: 'failed', error: toGridwireError(thrown) };
    }
  }

  /** To the output for refused messages; where none is wired, to catch nodes, the log and the store. */
  private async giveUp(message: InboundMessage, error: GridwireError): Promise<Outcome> {
    const rejected = rejectedMessage(message, error, this.options.deadLetterTopic(message));
    const branches: Outputs[] = [];
    this.rejections.reject(rejected, error.message, (outputs) => branches.push(outputs));
    if (!this.rejections.isWired && this.parking !== undefined)
      return { kind: 'done', deadLetter: this.letter(message, error) };
    const onReceipt = this.options.settlement.mode === 'receipt';
    return this.flow.run(branches, onReceipt ? 'receipt' : 'completion');
  }

  private letter(message: InboundMessage, { code, message: reason, fault }: GridwireError): NewDeadLetter {
    const { contract } = this.options;
    const { topic, body, qos, retain, headers, key } = message;
    return {
      message: { topic, body, qos, retain, headers, ...(key === undefined ? {} : { key }) },
      ...(contract === undefined ? {} : { contract: contract.name }),
      code,
      reason,
      fault,
      failedAt: Date.now(),
    };
  }
}
