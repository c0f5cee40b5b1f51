import type { NodeAPI } from 'node-red';
import type { Attribution } from './attribution.js';
import type { FlowMessage, RuntimeNode } from './node-red.js';
import type { Visit } from './tracked-message.js';
import type { Tracker } from './tracker.js';

/** How often trigger nodes with a running interval are looked at, milliseconds. */
const TRIGGER_POLL = 20;

/**
 * Messages wait for the timers that a function node started for them and for the interval of a trigger node: both
 * say they are done long before they send. The fields read here are private to those nodes; where they are missing,
 * nothing waits.
 */
export class FlowTimers {
  private readonly watched = new WeakSet();
  private readonly held = new WeakMap<object, Visit>();
  private readonly intervals = new Set<HeldInterval>();
  private poll: NodeJS.Timeout | undefined;

  constructor(
    private readonly RED: NodeAPI,
    private readonly tracker: Tracker,
    private readonly attribution: Attribution,
  ) {}

  /**
   * A function node keeps the timers its code starts in a list. Watching the list's `push` and `splice` tells, in the
   * asynchronous context of the code that starts the timer, which message it belongs to, and when it has ended.
   */
  watchFunction(node: RuntimeNode): void {
    if (node.type !== 'function') return;
    const timers = (node as { outstandingTimers?: unknown }).outstandingTimers;
    if (!Array.isArray(timers) || this.watched.has(timers)) return;
    this.watched.add(timers);
    override(timers, 'push', (added: unknown[]) => {
      for (const timer of added) this.started(node, timer);
      return Array.prototype.push.apply(timers, added);
    });
    override(timers, 'splice', (args: unknown[]) => {
      const removed = Array.prototype.splice.apply(timers, args as [number, number]) as unknown[];
      for (const timer of removed) this.ended(timer);
      return removed;
    });
  }

  /** A trigger node has said `done`; if it will send something later for this message, the message waits for it. */
  holdTrigger(visit: Visit, msg: FlowMessage): void {
    const node = visit.node as TriggerNode;
    if (node.type !== 'trigger' || !visit.message || node.op2type === 'nul' || node.loop === true) return;
    const topics = node.topics;
    if (typeof topics !== 'object') return;
    const topic = this.topicOf(node, msg);
    const timer = topics[topic]?.tout;
    if (typeof timer !== 'object' || timer === null) return;
    // Only the message that started the interval is sent at its end, unless the latest one is.
    if (this.watched.has(timer) && node.op2type !== 'payl') return;
    this.watched.add(timer);
    this.intervals.add({ node, topic, timer, visit: this.tracker.open(visit.message, node) });
    this.poll ??= setInterval(() => this.checkIntervals(), TRIGGER_POLL);
  }

  /** Stops looking; called with the last source. */
  stop(): void {
    clearInterval(this.poll);
    this.poll = undefined;
    this.intervals.clear();
  }

  private started(node: RuntimeNode, timer: unknown): void {
    const context = this.attribution.current.getStore();
    if (typeof timer !== 'object' || timer === null || context?.node !== node || !context.message) return;
    if (this.tracker.find(context.message.receipt) !== context.message) return;
    this.held.set(timer, this.tracker.open(context.message, node));
  }

  /** The node takes the timer off its list just before it runs the callback, which may send. */
  private ended(timer: unknown): void {
    if (typeof timer !== 'object' || timer === null) return;
    const visit = this.held.get(timer);
    if (!visit) return;
    this.held.delete(timer);
    setImmediate(() => this.tracker.close(visit));
  }

  private checkIntervals(): void {
    for (const held of this.intervals) {
      if (held.visit.open && held.node.topics?.[held.topic]?.tout === held.timer) continue;
      this.intervals.delete(held);
      this.tracker.close(held.visit);
    }
    if (this.intervals.size > 0) return;
    clearInterval(this.poll);
    this.poll = undefined;
  }

  private topicOf(node: TriggerNode, msg: FlowMessage): string {
    if (node.bytopic === 'all' || typeof node.topic !== 'string') return '_none';
    try {
      const topic: unknown = this.RED.util.getMessageProperty(msg, node.topic);
      return typeof topic === 'string' && topic !== '' ? topic : '_none';
    } catch {
      return '_none';
    }
  }
}

interface TriggerNode extends RuntimeNode {
  topics?: Record<string, { tout?: unknown } | undefined>;
  topic?: string;
  bytopic?: string;
  op2type?: string;
  loop?: boolean;
}

interface HeldInterval {
  node: TriggerNode;
  topic: string;
  timer: object;
  visit: Visit;
}

function override(
  list: unknown[],
  method: 'push' | 'splice',
  replacement: (args: unknown[]) => unknown,
): void {
  Object.defineProperty(list, method, {
    configurable: true,
    enumerable: false,
    writable: true,
    value: (...args: unknown[]) => replacement(args),
  });
}
