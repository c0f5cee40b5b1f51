import type { NodeDef } from 'node-red';
import type { MessageTest, PullChannel, Wanted } from '../../src/brokers/broker.js';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import type { InboundMessage } from '../../src/event.js';
import type { UsableBrokerNode } from '../runtime/broker-node.js';
import { BrokerUse } from '../runtime/broker-use.js';
import type { NodeTools, Send } from '../runtime/node-behaviour.js';
import { type GridwireMessage, rejectedMessage, withoutOrigin } from '../runtime/messages.js';
import { SubscriptionStanding } from '../runtime/subscription-standing.js';
import { assertSafeHeaders } from '../runtime/unsafe-header.js';
import { reachesAnyone } from '../flow-completion/index.js';
import { ClearedValues } from '../inbound/cleared-values.js';
import { Rejections } from '../inbound/rejections.js';
import type { MessageReader } from './message-reader.js';
import { type PullSettings, requestOf } from './pull-settings.js';

export interface PullOptions {
  brokerNode: UsableBrokerNode;
  reader: MessageReader;
  /** The channel: a topic or filter. */
  filter: string;
  /** What of it is collected; all where it is absent. */
  wanted?: Wanted;
  /** What a message narrows the channel to by its topic parameters; undefined for the whole channel. */
  narrowed: (message: GridwireMessage) => MessageTest | undefined;
  settings: PullSettings;
}

/** Collects what a channel brings, and sends it when a message asks for it. */
export class PullSource {
  private readonly use: BrokerUse;
  private readonly standing: SubscriptionStanding;
  private readonly rejections: Rejections;
  private readonly channel: Promise<PullChannel | GridwireError>;
  private readonly cleared: ClearedValues;
  private received = 0;
  private closed = false;

  constructor(
    private readonly tools: NodeTools<NodeDef>,
    private readonly options: PullOptions,
  ) {
    const { RED, node, status, repeats } = tools;
    const { brokerNode, filter, reader, wanted, settings } = options;
    this.cleared = new ClearedValues(reader.contract, brokerNode.id, repeats);
    this.use = new BrokerUse(node, brokerNode, status);
    this.standing = new SubscriptionStanding(node, brokerNode);
    this.rejections = new Rejections(node, status, () => reachesAnyone(RED, node, 1), 1, 2);
    // From the deploy on, so that nothing that comes before the first request is missed.
    const onProblem = (error: GridwireError): void => {
      status.set('subscription', 'error', {}, error);
      this.standing.onProblem(error);
    };
    this.channel = this.standing
      .follow(
        brokerNode.broker.openChannel(filter, {
          ...{ capacity: settings.capacity, onProblem },
          ...(wanted === undefined ? {} : { wanted }),
        }),
      )
      .catch((thrown: unknown) => this.use.refused(thrown));
  }

  /** @throws GridwireError what the broker refused, or what the message asks for and cannot have */
  async pull(asking: GridwireMessage, send: Send): Promise<void> {
    const request = requestOf(asking, this.options.settings);
    const only = this.options.narrowed(asking);
    const channel = await this.channel;
    if (channel instanceof GridwireError) throw channel;
    const taken = await channel.consume({ ...request, ...(only === undefined ? {} : { only }) });
    if (this.closed) return;
    this.received += taken.length;
    if (taken.length > 0) {
      this.tools.status.clear('subscription');
      this.standing.reads();
    }
    this.tools.status.show('received', { count: this.received });
    const rest = withoutOrigin(asking);
    this.send(rest, this.readable(taken, rest, send), send);
  }

  async stop(): Promise<void> {
    this.closed = true;
    this.standing.close();
    this.use.leave();
    const channel = await this.channel;
    if (!(channel instanceof GridwireError)) await channel.close();
    await this.use.end();
  }

  /** The messages that the contract accepts; the others leave by the output for them. */
  private readable(taken: InboundMessage[], rest: GridwireMessage, send: Send): GridwireMessage[] {
    const { reader } = this.options;
    return taken.flatMap((message) => {
      this.rejections.counted();
      if (this.cleared.isCleared(message)) return [];
      try {
        assertSafeHeaders(message);
        return [reader.read(message)];
      } catch (thrown) {
        const error = toGridwireError(thrown);
        const refused = rejectedMessage(message, error, reader.contract?.deadLetterTopic(message.topic));
        this.rejections.reject({ ...rest, ...refused }, error, send);
        return [];
      }
    });
  }

  private send(rest: GridwireMessage, messages: GridwireMessage[], send: Send): void {
    if (this.options.settings.form === 'list') {
      send([{ ...rest, payload: messages.map(({ payload }) => payload), messages }, null]);
      return;
    }
    const parts = { id: this.tools.RED.util.generateId(), type: 'array', count: messages.length, len: 1 };
    for (const [index, message] of messages.entries())
      send([{ ...rest, ...message, parts: { ...parts, index } }, null]);
  }
}
