import { randomBytes } from 'node:crypto';
import { newUuid } from '../../src/uuid.js';
import type { FlowMessage } from './node-red.js';

/**
 * Receipts are stamped twice: under a symbol, which survives cloning, spreading and `Object.assign` and is invisible
 * to change, debug and `Object.keys`; and under a visible property, which survives JSON and context files.
 */
export const RECEIPT = Symbol.for('gridwire.receipt');
export const RECEIPT_PROPERTY = 'receipt';

export type SettlementMode = 'completion' | 'explicit';

/** Receipts of earlier processes, found in files or stores, must never meet those of this one. */
const RUN = randomBytes(6).toString('hex');
const PREFIX: Record<SettlementMode, string> = {
  completion: `gwc-${RUN}-`,
  explicit: `gwe-${RUN}-`,
};
/** An opaque token, unique over all processes. Whoever has it can settle the event, so it cannot be guessed. */
export function newReceipt(mode: SettlementMode): string {
  return PREFIX[mode] + newUuid();
}

/** The receipt a message carries, if this process issued it. */
export function receiptOf(msg: FlowMessage): string | undefined {
  const stamped = msg[RECEIPT];
  if (isReceipt(stamped)) return stamped;
  const visible = msg[RECEIPT_PROPERTY];
  return isReceipt(visible) ? visible : undefined;
}

/** Completion receipts tell late messages from messages that merely passed an ack node. */
export function isCompletionReceipt(receipt: string): boolean {
  return receipt.startsWith(PREFIX.completion);
}

/** Renews the invisible stamp on a message that a node made, cloned or cleaned. */
export function stamp(msg: FlowMessage, receipt: string): void {
  if (msg[RECEIPT] !== receipt && Object.isExtensible(msg)) msg[RECEIPT] = receipt;
}

/** Both stamps, on the message a source is about to send. */
export function stampSource(msg: FlowMessage, receipt: string): void {
  msg[RECEIPT] = receipt;
  msg[RECEIPT_PROPERTY] = receipt;
}

function isReceipt(value: unknown): value is string {
  return (
    typeof value === 'string' && (value.startsWith(PREFIX.completion) || value.startsWith(PREFIX.explicit))
  );
}
