import { AsyncLocalStorage } from 'node:async_hooks';
import type { FlowMessage } from './node-red.js';
import { isCompletionReceipt, receiptOf, stamp } from './receipt.js';
import type { TrackedMessage, Visit } from './tracked-message.js';
import type { Tracker } from './tracker.js';

/**
 * Which tracked message a message object belongs to. In this order, because each survives what the one before does
 * not: the stamp (cloning, spreading), the visible receipt (JSON), the `_msgid` (a function that returns a new
 * object), and the asynchronous context in which the node runs (a node that makes a new message altogether).
 */
export class Attribution {
  /** The node and message on whose behalf the code now running runs. */
  readonly current = new AsyncLocalStorage<Visit | undefined>();

  constructor(private readonly tracker: Tracker) {}

  /** The tracked message, stamped anew; undefined for one that nobody tracks. */
  resolve(msg: FlowMessage): TrackedMessage | undefined {
    const receipt = receiptOf(msg);
    const id = typeof msg._msgid === 'string' ? msg._msgid : undefined;
    // A receipt that is settled already belongs to nothing else: the message comes after its settlement.
    const message =
      receipt === undefined
        ? (id !== undefined && this.tracker.findByMessageId(id)) || this.fromContext()
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

  private fromContext(): TrackedMessage | undefined {
    const message = this.current.getStore()?.message;
    return message && this.tracker.find(message.receipt);
  }
}
