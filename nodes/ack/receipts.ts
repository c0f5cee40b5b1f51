import type { NodeAPI, NodeMessage } from 'node-red';
import { GridwireError } from '../../src/errors.js';
import { receiptOf } from '../flow-completion/index.js';

/** A message that stands for a batch may bring this many receipts. */
const MAX_RECEIPTS = 10_000;

/**
 * The receipts a message brings: one text, or a list of texts for a batch. Where the property is empty, the receipt
 * with which the source stamped the message.
 * @param property where in the message, for example `receipt` or `payload.receipts`
 * @throws GridwireError `RECEIPT_MISSING` if there is none or it is something else
 */
export function receiptsIn(RED: NodeAPI, message: NodeMessage, property: string): string[] {
  const found = RED.util.getMessageProperty(message, property) as unknown;
  const value = found ?? receiptOf(message as Parameters<typeof receiptOf>[0]);
  const receipts: unknown[] = Array.isArray(value) ? value : [value];
  const bad = receipts.find((receipt) => typeof receipt !== 'string' || receipt === '');
  if (receipts.length === 0 || receipts.length > MAX_RECEIPTS || bad !== undefined || value === undefined) {
    throw new GridwireError(
      'RECEIPT_MISSING',
      `msg.${property} holds no receipt. Keep the receipt that the source put on the message, or a list of at most ` +
        `${MAX_RECEIPTS} of them.`,
    );
  }
  return receipts as string[];
}
