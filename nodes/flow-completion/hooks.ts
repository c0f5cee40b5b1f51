import type { NodeAPI } from 'node-red';
import { EventEmitter } from 'node:events';
import type { Attribution } from './attribution.js';
import type { FlowErrors } from './flow-errors.js';
import {
  canReceive,
  isLive,
  type CompleteEvent,
  type FlowMessage,
  type LogEvent,
  type ReceiveEvent,
  type RuntimeNode,
  type SendEvent,
} from './node-red.js';
import type { NodeRules } from './node-rules.js';
import type { FlowTimers } from './timers.js';
import type { TrackedMessage, Visit } from './tracked-message.js';
import type { Tracker } from './tracker.js';

/** The label under which the hooks are registered, and removed. */
const LABEL = 'gridwire-completion';

export interface HookParts {
  tracker: Tracker;
  attribution: Attribution;
  rules: NodeRules;
  timers: FlowTimers;
  errors: FlowErrors;
  onLate(node: RuntimeNode): void;
  onFault(thrown: unknown): void;
}

/**
 * Node-RED's message hooks, turned into what the tracker counts. A hook that throws or returns `false` would lose the
 * user's message, so every handler is guarded and returns nothing.
 */
export class FlowHooks {
  private readonly log = new EventEmitter();
  /** The message a node sent last, as long as the same code runs: a join sends once and then ends several. */
  private lastSend: { node: RuntimeNode; message: TrackedMessage; context: Visit | undefined } | undefined;
  private installed = false;
  /** A deploy is under way: nodes that cannot receive now may only be between their old and their new form. */
  private deploying = false;
  private readonly sweep = this.guarded(() => this.parts.tracker.sweepStopped());
  private readonly deployBegins = () => void (this.deploying = true);
  private readonly deployEnds = () => void (this.deploying = false);

  constructor(
    private readonly RED: NodeAPI,
    private readonly parts: HookParts,
  ) {
    this.log.on(
      'log',
      this.guarded((event: LogEvent) => this.parts.errors.onLog(event)),
    );
  }

  install(): void {
    if (this.installed) return;
    this.installed = true;
    const hooks = this.RED.hooks as unknown as {
      add(id: string, handler: (event: never, next: () => void) => void): void;
    };
    hooks.add(
      `onSend.${LABEL}`,
      this.guarded((events: SendEvent[]) => this.countSend(events)),
    );
    // Two parameters: `next` runs the node's handler, in the context given to it here.
    hooks.add(`onReceive.${LABEL}`, (event: ReceiveEvent, next: () => void) => {
      this.parts.attribution.current.run(this.visitFor(event), next);
    });
    hooks.add(
      `postReceive.${LABEL}`,
      this.guarded((event: ReceiveEvent) => this.postReceive(event)),
    );
    hooks.add(
      `onComplete.${LABEL}`,
      this.guarded((event: CompleteEvent) => this.onComplete(event)),
    );
    this.RED.log.addHandler(this.log);
    this.RED.events.on('flows:stopped', this.sweep);
    this.RED.events.on('flows:stopping', this.deployBegins);
    this.RED.events.on('flows:started', this.deployEnds);
  }

  remove(): void {
    if (!this.installed) return;
    this.installed = false;
    this.RED.hooks.remove(`*.${LABEL}`);
    this.RED.log.removeHandler(this.log);
    this.RED.events.removeListener('flows:stopped', this.sweep);
    this.RED.events.removeListener('flows:stopping', this.deployBegins);
    this.RED.events.removeListener('flows:started', this.deployEnds);
    this.deploying = false;
    this.parts.timers.stop();
  }

  /** What was sent and could not be counted must not look finished: its message then ends by the timeout. */
  private countSend(events: SendEvent[]): void {
    try {
      this.onSend(events);
    } catch (thrown) {
      const context = this.parts.attribution.current.getStore();
      if (context?.message && !context.message.settled)
        this.parts.tracker.open(context.message, context.node);
      throw thrown;
    }
  }

  private onSend(events: SendEvent[]): void {
    const { attribution, tracker, rules } = this.parts;
    const context = attribution.current.getStore();
    const first = events[0];
    if (!first) {
      // Nothing was sent; only the context tells by whom.
      if (context) rules.sent(context.node, context, undefined);
      return;
    }
    const { node } = first.source;
    let source: TrackedMessage | undefined;
    let resolved: { msg: FlowMessage; message: TrackedMessage | undefined } | undefined;
    for (const event of events) {
      if (resolved?.msg !== event.msg) {
        resolved = { msg: event.msg, message: attribution.resolve(event.msg) };
        if (resolved.message) this.sending(node, resolved.message, event.msg, context);
        else if (attribution.isLate(event.msg)) this.parts.onLate(node);
        if (resolved.message?.source === node) source = resolved.message;
      }
      if (!resolved.message) continue;
      if (canReceive(node, event.destination.id)) tracker.depart(resolved.message, event.destination.id);
      else if (this.deploying) resolved.message.aborted = true;
    }
    if (node.type === 'switch') rules.sent(node, undefined, first.msg);
    if (source?.sending) tracker.close(source.sending);
  }

  /** Notes which visit sent, and that the code now running has sent for this message. */
  private sending(
    node: RuntimeNode,
    message: TrackedMessage,
    msg: FlowMessage,
    context: Visit | undefined,
  ): void {
    const { tracker, rules } = this.parts;
    const own = context?.node === node && context.message === message ? context : undefined;
    const visit = tracker.visitOf(msg, node) ?? own;
    if (visit && node.type !== 'switch') rules.sent(node, visit, msg);
    if (!this.lastSend) queueMicrotask(() => (this.lastSend = undefined));
    this.lastSend = { node, message, context };
  }

  /** The visit in whose context the node's handler runs; undefined for a message that nobody tracks. */
  private visitFor(event: ReceiveEvent): Visit | undefined {
    try {
      const { attribution, tracker, rules, timers, errors } = this.parts;
      const { msg } = event;
      const { node } = event.destination;
      const message = attribution.resolveReceived(msg, node);
      if (!message) return rules.receivedUntracked(node, msg);
      const visit = tracker.arrive(message, node, msg);
      if (node.type === 'catch') errors.caught(visit, msg);
      timers.watchFunction(node);
      rules.received(visit, msg);
      return visit;
    } catch (thrown) {
      this.parts.onFault(thrown);
      return undefined;
    }
  }

  private postReceive(event: ReceiveEvent): void {
    const visit = this.parts.tracker.visitOf(event.msg, event.destination.node);
    if (visit) this.parts.rules.handled(visit);
  }

  private onComplete(event: CompleteEvent): void {
    const { tracker, errors, timers, attribution } = this.parts;
    const { node } = event.node;
    const visit = tracker.visitOf(event.msg, node);
    if (!visit?.message) return;
    if (!isLive(node)) {
      // Core nodes report everything they still hold as done when a deploy stops them.
      tracker.close(visit, 'aborted');
      return;
    }
    errors.completed(visit, event.error);
    timers.holdTrigger(visit, event.msg);
    const last = this.lastSend;
    if (last && last.node === node && !visit.sent && last.context === attribution.current.getStore()) {
      tracker.merge(last.message, visit.message);
    }
    tracker.close(visit);
  }

  private guarded<T>(handler: (event: T) => void): (event: T) => void {
    return (event: T) => {
      try {
        handler(event);
      } catch (thrown) {
        this.parts.onFault(thrown);
      }
    };
  }
}
