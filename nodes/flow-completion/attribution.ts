import { AsyncLocalStorage } from 'node:async_hooks';
import type { FlowMessage, RuntimeNode } from './node-red.js';
import { isCompletionReceipt, receiptOf, stamp } from './receipt.js';
import type { TrackedMessage, Visit } from './tracked-message.js';
import type { Tracker } from './tracker.js';

/** Node types that Node-RED hands messages to without a wire. */
const RECEIVE_DIRECTLY = new Set(['catch', 'complete', 'status', 'link in']);

/**
 * Which tracked message a message object belongs to. In this order, because each survives what the one before does
 * not: the stamp (cloning, spreading), the visible receipt (JSON), the `_msgid` (a function that returns a new
 * object), and the asynchronous context in which the node runs (a node that makes a new message altogether).
 */
export class Attribution {
  /** The node and message on whose behalf the code now running runs. */
  readonly current = new AsyncLocalStorage<Visit | undefined>();

  /** Messages that arrived untracked; a queueing node may send them on in the context of a tracked one. */
  private readonly untracked = new WeakSet<FlowMessage>();

  constructor(private readonly tracker: Tracker) {}

  /** Of a message that a node sends: the tracked message, stamped anew; undefined for one that nobody tracks. */
  resolve(msg: FlowMessage): TrackedMessage | undefined {
    return this.find(msg, true);
  }

  /**
   * Of a message that a node receives. What came over a wire was resolved when it was sent, and is delivered in the
   * context of whoever sent it; only nodes that are handed messages directly may need the context.
   */
  resolveReceived(msg: FlowMessage, node: RuntimeNode): TrackedMessage | undefined {
    const message = this.find(msg, RECEIVE_DIRECTLY.has(node.type));
    if (!message) this.untracked.add(msg);
    return message;
  }

  private find(msg: FlowMessage, byContext: boolean): TrackedMessage | undefined {
    const receipt = receiptOf(msg);
    const id = typeof msg._msgid === 'string' ? msg._msgid : undefined;
    // A receipt that is settled already belongs to nothing else: the message comes after its settlement.
    const message =
      receipt === undefined
        ? (id !== undefined && this.tracker.findByMessageId(id)) || (byContext && this.fromContext(msg))
        : this.tracker.find(receipt);
    if (!message || message.explicit) return undefined;
    stamp(msg, message.receipt);
    if (id !== undefined) this.tracker.know(message, id);
    return message;
  }

  /** Whether the message carries a receipt that was settled before. */
  isLate(msg: FlowMessage): boolean {
    const receipt = receiptOf(msg);
    return receipt !== undefined && isCompletionReceipt(receipt) && !this.tracker.find(receipt);
  }

  private fromContext(msg: FlowMessage): TrackedMessage | undefined {
    if (this.untracked.has(msg)) return undefined;
    const message = this.current.getStore()?.message;
    return message && this.tracker.find(message.receipt);
  }
}
