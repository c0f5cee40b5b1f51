import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { systemClock } from '../../src/clock.js';
import { errorText, type GridwireError } from '../../src/errors.js';
import { Attribution } from './attribution.js';
import { FlowErrors } from './flow-errors.js';
import { FlowHooks } from './hooks.js';
import type { FlowMessage, RuntimeNode } from './node-red.js';
import { NodeRules } from './node-rules.js';
import { FlowTimers } from './timers.js';
import { nodeLabel, type CompletionResult, type TrackOptions } from './tracked-message.js';
import { Tracker } from './tracker.js';

export type { CompletionOutcome, CompletionResult, TrackOptions } from './tracked-message.js';
export { reachesAnyone } from './reach.js';
export { analyseDownstream, findingText, type Finding, type FindingKind, type Limits } from './downstream.js';
export { expiryNow, originOf, type EventOrigin, type Origin } from './origin.js';
export { RECEIPT, RECEIPT_PROPERTY, receiptOf, type SettlementMode } from './receipt.js';

/** At most one warning of this kind in so long, milliseconds. */
const WARNING_INTERVAL = 60_000;

export interface FlowCompletionStatistics {
  /** Messages a source sent whose flow has not finished. */
  inFlight: number;
  /** The most there were at one time. */
  maximum: number;
  /** Messages that a node sent after their receipt had been settled: they were settled too early. */
  late: number;
  /** Assumptions about the runtime that did not hold; each one is logged. */
  faults: number;
}

/** Tells when Node-RED's flows have finished with a message. One per runtime: `flowCompletionOf(RED)`. */
export class FlowCompletion {
  private readonly owners = new Set<RuntimeNode>();
  private readonly tracker: Tracker;
  private readonly hooks: FlowHooks;
  private maximum = 0;
  private late = 0;
  private faults = 0;
  private readonly lastWarning = new Map<string, number>();

  constructor(private readonly RED: NodeAPI) {
    const onFault = (thrown: unknown) => {
      this.faults += 1;
      this.warn('fault', `flow completion: ${errorText(thrown)}; messages it concerns end by their timeout`);
    };
    this.tracker = new Tracker((source, thrown) => {
      onFault(new Error(`settling at ${nodeLabel(source)} failed: ${errorText(thrown)}`, { cause: thrown }));
    });
    const attribution = new Attribution(this.tracker);
    const rules = new NodeRules(RED, this.tracker);
    const timers = new FlowTimers(RED, this.tracker, attribution);
    const errors = new FlowErrors(this.tracker, attribution, rules);
    const onLate = (node: RuntimeNode) => this.noteLate(node);
    this.hooks = new FlowHooks(RED, {
      tracker: this.tracker,
      attribution,
      rules,
      timers,
      errors,
      onLate,
      onFault,
    });
  }

  /**
   * Stamps `msg` with a receipt and follows it from here. The source calls its `send` with the same object right
   * after; `done` is called once, when the flow has finished, failed, been stopped or run out of time.
   *
   * Never settles by itself after `cancelOwner(source)`, which every source calls when it closes.
   * @returns the receipt, an opaque string
   */
  track(
    source: Node,
    msg: NodeMessage,
    options: TrackOptions,
    done: (result: CompletionResult) => void,
  ): string {
    const owner = source as unknown as RuntimeNode;
    const message = msg as FlowMessage;
    this.owners.add(owner);
    if (options.mode !== 'explicit') this.hooks.install();
    const id: unknown = message._msgid;
    // Two deliveries of one message are two messages here: an id may stand for one only.
    if (typeof id !== 'string' || this.tracker.findByMessageId(id))
      message._msgid = this.RED.util.generateId();
    const { receipt } = this.tracker.begin(owner, message, options, done);
    this.maximum = Math.max(this.maximum, this.tracker.underWay);
    return receipt;
  }

  /** The source closes: its messages are not settled, so their broker will deliver them again. */
  cancelOwner(source: Node): void {
    const owner = source as unknown as RuntimeNode;
    this.tracker.cancel(owner);
    if (!this.owners.delete(owner) || this.owners.size > 0) return;
    this.hooks.remove();
    this.tracker.clear();
    this.lastWarning.clear();
  }

  /**
   * Settles one message by its receipt, at once, in either mode.
   * @returns false if the receipt is unknown or settled already
   */
  settleExplicit(receipt: string, outcome: 'ack' | 'nack', error?: GridwireError): boolean {
    return this.tracker.settleExplicit(receipt, outcome, error);
  }

  /** How many messages of this source are not settled yet. */
  inFlight(source: Node): number {
    return this.tracker.inFlight(source as unknown as RuntimeNode);
  }

  statistics(): FlowCompletionStatistics {
    const { maximum, late, faults } = this;
    return { inFlight: this.tracker.underWay, maximum, late, faults };
  }

  /** What is remembered at all, for tests that hold nothing is left over. */
  remembered(): { messages: number; messageIds: number; sources: number } {
    return this.tracker.size();
  }

  private noteLate(node: RuntimeNode): void {
    this.late += 1;
    this.warn(
      `late ${node.type}`,
      `${nodeLabel(node)} passed on a message after it had been settled. Nodes that keep messages and send them ` +
        'later need the settlement "explicit" and an ack node behind them.',
    );
  }

  private warn(subject: string, text: string): void {
    const now = systemClock.now();
    if (now - (this.lastWarning.get(subject) ?? -Infinity) < WARNING_INTERVAL) return;
    this.lastWarning.set(subject, now);
    this.RED.log.warn(`[gridwire] ${text}`);
  }
}

/** Every node set gets a `RED` of its own, but all of one runtime share its hooks. */
const instances = new WeakMap<object, FlowCompletion>();

export function flowCompletionOf(RED: NodeAPI): FlowCompletion {
  let instance = instances.get(RED.hooks);
  if (!instance) instances.set(RED.hooks, (instance = new FlowCompletion(RED)));
  return instance;
}
