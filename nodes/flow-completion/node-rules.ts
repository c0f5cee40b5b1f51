import type { NodeAPI } from 'node-red';
import { startGrace } from './grace.js';
import { handlerKind, isLive, type FlowMessage, type RuntimeNode } from './node-red.js';
import { SwitchOrder } from './switch-order.js';
import { newVisit, type Visit } from './tracked-message.js';
import type { Tracker } from './tracker.js';

/** How long a node that never reports completion may stay silent before it counts as finished, milliseconds. */
export const LEGACY_GRACE = 1_000;
/** How long `done` may follow an error that a node reported without it, milliseconds. */
const ERROR_GRACE = 1_000;

/** Node types whose old-style handler has done all its work when it returns. */
const SYNCHRONOUS = new Set(['rbe', 'subflow-status']);

/** Node types that report every outcome by `done`, whatever they log meanwhile. */
const ALWAYS_DONE = new Set(['function']);

/** When a node is finished with a message although it does not say so by `done`. */
export class NodeRules {
  private readonly switches: SwitchOrder;

  constructor(
    RED: NodeAPI,
    private readonly tracker: Tracker,
  ) {
    this.switches = new SwitchOrder(RED, tracker, LEGACY_GRACE);
  }

  /** Before the node's handler runs. */
  received(visit: Visit, msg: FlowMessage): void {
    if (visit.node.type === 'switch') this.switches.push(visit, msg);
  }

  /** A message nobody tracks, at a node where it changes the turn of those that are. */
  receivedUntracked(node: RuntimeNode, msg: FlowMessage): Visit | undefined {
    if (node.type !== 'switch') return undefined;
    const visit = newVisit(node, undefined);
    this.switches.push(visit, msg);
    return visit;
  }

  /** After the synchronous part of the node's handler. */
  handled(visit: Visit): void {
    const { node } = visit;
    const kind = handlerKind(node);
    if (kind === 'completing') return;
    if (kind === 'none') this.tracker.close(visit, isLive(node) ? 'done' : 'aborted');
    else if (isSynchronous(node)) this.tracker.close(visit);
    else if (node.type === 'switch') this.switches.handled(node);
    else if (!visit.sent) startGrace(visit, LEGACY_GRACE, () => this.tracker.close(visit));
  }

  /** The node sent `msg`, or nothing at all, for which the visit is known or not. */
  sent(node: RuntimeNode, visit: Visit | undefined, msg: FlowMessage | undefined): void {
    if (node.type === 'switch') {
      this.switches.sent(node, msg);
    } else if (visit && !visit.sent) {
      visit.sent = true;
      if (handlerKind(node) === 'legacy' && !isSynchronous(node))
        setImmediate(() => this.tracker.close(visit));
    }
  }

  /** The node reported an error without `done`, which may still follow. */
  failed(visit: Visit): void {
    const { node } = visit;
    if (!visit.open || ALWAYS_DONE.has(node.type)) return;
    if (node.type === 'switch') this.switches.failed(visit);
    else if (handlerKind(node) === 'completing')
      startGrace(visit, ERROR_GRACE, () => this.tracker.close(visit));
    else this.tracker.close(visit);
  }

  /** The visit that the node's running code really works on: a queue runs on in the context of its first. */
  working(context: Visit): Visit {
    return context.node.type === 'switch' ? (this.switches.head(context.node) ?? context) : context;
  }
}

function isSynchronous(node: RuntimeNode): boolean {
  return SYNCHRONOUS.has(node.type) || node.type.startsWith('subflow:');
}
