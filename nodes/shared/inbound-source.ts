import type { NodeDef } from 'node-red';
import type { Delivery, SubscribeOptions } from '../../src/brokers/broker.js';
import type { RetryData } from '../../src/contracts/contract-data.js';
import { DEFAULT_RETRY } from '../../src/delivery/retry-rule.js';
import { type Outcome, Settlement } from '../../src/delivery/settlement.js';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import type { InboundMessage } from '../../src/event.js';
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
  retry: RetryData | undefined;
  /** Index of the output for refused messages, and how many outputs there are. */
  rejected: number;
  outputs: number;
  /** What to send for a message; nothing means that it is dealt with. @throws GridwireError why it is refused */
  messages: (message: InboundMessage, attempt: number) => Outputs[];
  deadLetterTopic: (message: InboundMessage) => string | undefined;
}

/** What nodes that receive from a broker share: subscription, settlement, refused messages, status. */
export class InboundSource {
  private readonly receiver: Receiver;
  private readonly rejections: Rejections;
  private readonly flow: FlowRun;
  private readonly settlement: Settlement;

  constructor(
    { RED, node, config, status }: NodeTools<NodeDef>,
    private readonly options: InboundOptions,
  ) {
    const { brokerNode, settlement, rejected, outputs, retry } = options;
    this.rejections = new Rejections(node, status, config, rejected, outputs);
    this.flow = new FlowRun(RED, node, config, settlement, status);
    this.settlement = new Settlement(
      {
        process: (message, attempt) => this.process(message, attempt),
        giveUp: (message, error) => this.giveUp(message, error),
      },
      { retry: retry ?? DEFAULT_RETRY, onReceipt: settlement.mode === 'receipt' },
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

  private async giveUp(message: InboundMessage, error: GridwireError): Promise<Outcome> {
    const rejected = rejectedMessage(message, error, this.options.deadLetterTopic(message));
    const branches: Outputs[] = [];
    this.rejections.reject(rejected, error.message, (outputs) => branches.push(outputs));
    const onReceipt = this.options.settlement.mode === 'receipt';
    return this.flow.run(branches, onReceipt ? 'receipt' : 'completion');
  }
}
