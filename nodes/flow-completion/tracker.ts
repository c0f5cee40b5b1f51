import type { GridwireError } from '../../src/errors.js';
import { LinkedList } from '../../src/linked-list.js';
import { PassingMap } from '../../src/passing-map.js';
import type { Bundle } from './bundle.js';
import { hasWires, isLive, type FlowMessage, type RuntimeNode } from './node-red.js';
import { waits } from '../runtime/waits.js';
import { originBegins, originEnds } from './origin.js';
import { newReceipt, stampSource } from './receipt.js';
import { TimeLimits } from './time-limits.js';
import {
  newVisit,
  TrackedMessage,
  type CompletionOutcome,
  type CompletionResult,
  type TrackOptions,
  type Visit,
} from './tracked-message.js';
import { VisitsByObject } from './visits-by-object.js';

/** A split can give thousands of parts new ids; beyond this many a part is known by its stamp alone. */
const MAX_MESSAGE_IDS = 1_000;

/**
 * Counts, for every tracked message, the nodes working on it and the copies under way between nodes. When the count
 * reaches zero and is still zero one turn later, the message is settled, once.
 *
 * One turn later, because Node-RED reports completion before it hands an error to the catch nodes, and because nodes
 * may call `done` just before they send.
 */
export class Tracker {
  private readonly byReceipt = new PassingMap<string, TrackedMessage>();
  private readonly byMessageId = new PassingMap<string, TrackedMessage>();
  private readonly bySource = new Map<RuntimeNode, LinkedList<TrackedMessage>>();
  private readonly visits = new VisitsByObject();
  /** By their length; there are as many as sources have different ones. */
  private readonly timeLimits = new Map<number, TimeLimits<TrackedMessage>>();
  private due: Bundle<TrackedMessage>[] = [];

  constructor(private readonly onOwnerError: (source: RuntimeNode, thrown: unknown) => void) {}

  begin(
    source: RuntimeNode,
    msg: FlowMessage,
    options: TrackOptions,
    done: (result: CompletionResult) => void,
  ): TrackedMessage {
    const message = new TrackedMessage(newReceipt(options.mode ?? 'completion'), source, options, done);
    stampSource(msg, message.receipt);
    this.byReceipt.set(message.receipt, message);
    originBegins(message);
    let ofSource = this.bySource.get(source);
    if (!ofSource) this.bySource.set(source, (ofSource = new LinkedList()));
    ofSource.add(message);
    this.startTimeLimit(message);
    if (!message.explicit) {
      if (typeof msg._msgid === 'string') this.know(message, msg._msgid);
      this.holdSource(message);
    }
    return message;
  }

  find(receipt: string): TrackedMessage | undefined {
    return this.byReceipt.get(receipt);
  }

  findByMessageId(id: string): TrackedMessage | undefined {
    return this.byMessageId.get(id);
  }

  /** Remembers a further `_msgid` under which this message goes. */
  know(message: TrackedMessage, id: string): void {
    if (this.byMessageId.has(id) || message.messageIds.length >= MAX_MESSAGE_IDS) return;
    this.byMessageId.set(id, message);
    message.messageIds.push(id);
  }

  /** A copy was sent to a node that will receive it. */
  depart(message: TrackedMessage, destination: string): void {
    message.travelling.depart(destination);
    message.bundle.open += 1;
  }

  /** A node received a copy, over a wire or directly (catch, complete, status, link). */
  arrive(message: TrackedMessage, node: RuntimeNode, msg: FlowMessage): Visit {
    const visit = this.open(message, node);
    if (message.travelling.arrive(node.id)) message.bundle.open -= 1;
    this.visits.add(visit, msg);
    return visit;
  }

  /** Something else that the message must wait for: its source while it sends, a timer that will send. */
  open(message: TrackedMessage, node: RuntimeNode): Visit {
    const visit = newVisit(node, message);
    message.visits.add(visit);
    message.bundle.open += 1;
    return visit;
  }

  /** The open visit of this very object at this node. Message objects are what `done` is bound to. */
  visitOf(msg: FlowMessage, node: RuntimeNode): Visit | undefined {
    return this.visits.at(node, msg);
  }

  close(visit: Visit, how: 'done' | 'aborted' = 'done'): void {
    if (!visit.open) return;
    this.leave(visit);
    const message = visit.message;
    if (!message?.visits.delete(visit)) return;
    if (how === 'aborted') message.aborted = true;
    message.bundle.open -= 1;
    this.check(message.bundle);
  }

  fail(message: TrackedMessage, nodeId: string, error: GridwireError): void {
    message.errors.push({ nodeId, error, caught: false });
  }

  /** Two messages became one inside a node: from here on they settle together. */
  merge(one: TrackedMessage, other: TrackedMessage): void {
    if (one.bundle === other.bundle || one.settled || other.settled) return;
    const [large, small] =
      one.bundle.size >= other.bundle.size ? [one.bundle, other.bundle] : [other.bundle, one.bundle];
    large.absorb(small);
    this.check(large);
  }

  settleExplicit(receipt: string, outcome: 'ack' | 'nack', error?: GridwireError): boolean {
    const message = this.byReceipt.get(receipt);
    if (!message || message.settled) return false;
    this.settle(message, outcome === 'ack' ? 'completed' : 'failed', error ? [error] : [], []);
    if (message.explicit) {
      originEnds(message, outcome === 'ack');
      this.forget(message);
    }
    return true;
  }

  /** The source closes: nothing of it is settled; what is still under way is let run out unheard. */
  cancel(source: RuntimeNode): void {
    const ofSource = this.bySource.get(source);
    if (ofSource === undefined) return;
    this.bySource.delete(source);
    const messages = [...ofSource];
    // Those that run out later must not keep each other, nor be taken for those of a source that begins anew.
    ofSource.clear();
    for (const message of messages) {
      message.settled = true;
      if (message.explicit || message.bundle.open === 0) this.forget(message);
    }
  }

  /** After a deploy: nodes that were stopped will not report any more, and sources that were stopped want nothing. */
  sweepStopped(): void {
    for (const source of [...this.bySource.keys()]) if (!isLive(source)) this.cancel(source);
    for (const message of [...this.byReceipt.values()]) {
      for (const visit of [...message.visits]) if (!isLive(visit.node)) this.close(visit, 'aborted');
    }
  }

  inFlight(source: RuntimeNode): number {
    return this.bySource.get(source)?.size ?? 0;
  }

  /** Messages that no flow has finished with. */
  get underWay(): number {
    return this.byReceipt.size;
  }

  /** What is remembered; all zero when nothing is under way. */
  size(): { messages: number; messageIds: number; sources: number } {
    return {
      messages: this.byReceipt.size,
      messageIds: this.byMessageId.size,
      sources: this.bySource.size,
    };
  }

  /** Forgets everything without settling. */
  clear(): void {
    for (const message of [...this.byReceipt.values()]) this.forget(message);
    this.bySource.clear();
    this.visits.clear();
  }

  /** The source counts as open until it has sent, so that a first fast branch cannot settle the message. */
  private holdSource(message: TrackedMessage): void {
    const sending = this.open(message, message.source);
    message.sending = sending;
    if (!hasWires(message.source)) setImmediate(() => this.close(sending));
  }

  private check(bundle: Bundle<TrackedMessage>): void {
    if (bundle.open > 0 || bundle.due) return;
    bundle.due = true;
    this.due.push(bundle);
    if (this.due.length > 1) return;
    setImmediate(() => {
      const waiting = this.due;
      this.due = [];
      for (const each of waiting) {
        each.due = false;
        if (each.open <= 0) this.complete(each);
      }
    });
  }

  private complete(bundle: Bundle<TrackedMessage>): void {
    const { messages } = bundle;
    const errors = failuresOf(messages);
    const aborted = messages.some((message) => message.aborted);
    const outcome = errors.length > 0 ? 'failed' : aborted ? 'aborted' : 'completed';
    for (const message of messages) originEnds(message, outcome === 'completed');
    for (const message of messages) {
      this.settle(message, outcome, errors, []);
      this.forget(message);
    }
  }

  private startTimeLimit(message: TrackedMessage): void {
    const { timeoutMs } = message.options;
    let limits = this.timeLimits.get(timeoutMs);
    if (!limits) {
      limits = new TimeLimits(timeoutMs, (late) => this.expire(late));
      this.timeLimits.set(timeoutMs, limits);
    }
    message.timeLimit = limits.begin(message);
  }

  /** An outage says nothing about the message that waits it out: another attempt would only send it once more. */
  private expire(late: TrackedMessage): void {
    const { messages } = late.bundle;
    if (messages.some(({ visits }) => [...visits].some(({ node }) => waits(node)))) {
      this.startTimeLimit(late);
      return;
    }
    const errors = failuresOf(messages);
    const openAt = [...new Set(messages.flatMap((message) => message.openAt()))];
    for (const message of messages) originEnds(message, false);
    for (const message of messages) {
      this.settle(message, 'timeout', errors, openAt);
      this.forget(message);
    }
  }

  private settle(
    message: TrackedMessage,
    outcome: CompletionOutcome,
    errors: GridwireError[],
    openAt: string[],
  ): void {
    if (message.settled) return;
    message.settled = true;
    this.release(message);
    try {
      message.done({ outcome, errors, openAt });
    } catch (thrown) {
      this.onOwnerError(message.source, thrown);
    }
  }

  /** It no longer takes one of its source's places. */
  private release(message: TrackedMessage): void {
    const ofSource = this.bySource.get(message.source);
    ofSource?.delete(message);
    if (ofSource?.size === 0) this.bySource.delete(message.source);
  }

  private leave(visit: Visit): void {
    visit.open = false;
    if (visit.grace !== undefined) clearTimeout(visit.grace);
    this.visits.remove(visit);
  }

  private forget(message: TrackedMessage): void {
    message.timeLimit?.end();
    originEnds(message, false);
    message.settled = true;
    this.byReceipt.delete(message.receipt);
    for (const id of message.messageIds) this.byMessageId.delete(id);
    for (const visit of message.visits) this.leave(visit);
    message.visits.clear();
    message.bundle.delete(message);
    this.release(message);
  }
}

/** Of nearly all there is one message, and none failed. */
function failuresOf(messages: readonly TrackedMessage[]): GridwireError[] {
  const [first] = messages;
  if (first !== undefined && messages.length === 1) return first.failures();
  return messages.flatMap((message) => message.failures());
}
