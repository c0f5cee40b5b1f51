import type { GridwireError } from '../../src/errors.js';
import { Bundle } from './bundle.js';
import type { FlowMessage, RuntimeNode } from './node-red.js';
import type { TimeLimit } from './time-limits.js';
import type { SettlementMode } from './receipt.js';
import { Travelling } from './travelling.js';
import { type Linked, LinkedList } from '../../src/linked-list.js';

export type CompletionOutcome = 'completed' | 'failed' | 'aborted' | 'timeout';

export interface CompletionResult {
  /**
   * `completed`: nothing in the flow holds the message any more and no error is left. `failed`: an error no catch
   * node took. `aborted`: a deploy stopped a node that held it. `timeout`: the flow did not finish in time.
   */
  outcome: CompletionOutcome;
  errors: GridwireError[];
  /** The nodes that still held the message, as `type:id`, or `type:name` where the node has one. */
  openAt: string[];
}

export interface TrackOptions {
  /** After this long without completion the message is settled as `timeout`, milliseconds. */
  timeoutMs: number;
  /** Whether an error that a catch node took still fails the message. */
  caughtIs: 'ack' | 'nack';
  /** `explicit`: only `settleExplicit` or the timeout settle it. Default `completion`. */
  mode?: SettlementMode;
  /** When the event expires: as the flow is told it, and by the clock that does not jump. */
  expiry?: { told: number; deadline: number } | undefined;
  /** The event behind the message; `originOf` gives it to the nodes that the message reaches. */
  origin?: { readonly key: string; readonly mayExist: boolean };
}

/** One node working on a message, or one of its timers that will send later. */
export interface Visit extends Linked<Visit> {
  readonly node: RuntimeNode;
  /** Undefined for a message nobody tracks, where a node's own order makes it worth knowing. */
  readonly message: TrackedMessage | undefined;
  open: boolean;
  /** The node sent something on for this message. */
  sent: boolean;
  /** The node reported an error for this message. */
  failed: boolean;
  /** Closes the visit of a node that never says it is done. */
  grace?: NodeJS.Timeout;
  /** The message object that the node was handed. */
  object?: FlowMessage;
  /** Further visits of the same object: nodes pass objects on without cloning. */
  next?: Visit | undefined;
}

/** A visit that begins. */
export function newVisit(node: RuntimeNode, message: TrackedMessage | undefined): Visit {
  const none = undefined;
  return {
    node,
    message,
    open: true,
    sent: false,
    failed: false,
    before: none,
    after: none,
    list: none,
  };
}

interface RecordedError {
  readonly nodeId: string;
  readonly error: GridwireError;
  caught: boolean;
}

/** One message on its way through the flow, from the source that sent it to its settlement. */
export class TrackedMessage implements Linked<TrackedMessage> {
  before: TrackedMessage | undefined;
  after: TrackedMessage | undefined;
  list: LinkedList<TrackedMessage> | undefined;
  /** Messages that a join or batch has made one settle together. */
  bundle: Bundle<TrackedMessage>;
  settled = false;
  /** A deploy stopped a node that worked on it. */
  aborted = false;
  /** Where its time limit is counted. */
  timeLimit: TimeLimit<TrackedMessage> | undefined;
  readonly visits = new LinkedList<Visit>();
  /** The source itself, until it has sent. */
  sending: Visit | undefined;
  readonly travelling = new Travelling();
  readonly messageIds: string[] = [];
  readonly errors: RecordedError[] = [];

  constructor(
    readonly receipt: string,
    readonly source: RuntimeNode,
    readonly options: TrackOptions,
    readonly done: (result: CompletionResult) => void,
  ) {
    this.bundle = new Bundle<TrackedMessage>(this);
  }

  get explicit(): boolean {
    return this.options.mode === 'explicit';
  }

  /** A catch node was given this node's error: one error, however many catch nodes listen. */
  markCaught(nodeId: string, otherwise: () => GridwireError): void {
    const recorded = this.errors.findLast((entry) => entry.nodeId === nodeId);
    if (recorded) recorded.caught = true;
    else this.errors.push({ nodeId, error: otherwise(), caught: true });
  }

  /** The errors that count against it. */
  failures(): GridwireError[] {
    if (this.errors.length === 0) return [];
    return this.errors
      .filter((entry) => !entry.caught || this.options.caughtIs === 'nack')
      .map((entry) => entry.error);
  }

  /** Where it still is. */
  openAt(): string[] {
    const nodes = [...this.visits].map((visit) => nodeLabel(visit.node));
    return [...new Set([...nodes, ...this.travelling.destinations])];
  }
}

export function nodeLabel(node: RuntimeNode): string {
  return `${node.type}:${node.name ? node.name : node.id}`;
}
