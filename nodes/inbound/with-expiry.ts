import type { Contract } from '../../src/contracts/contract.js';
import type { InboundMessage } from '../../src/event.js';

/** What is given up goes on with its expiry, also where only its contract knows it: a repair may come hours later. */
export function withExpiry(message: InboundMessage, contract: Contract | undefined): InboundMessage {
  if (message.expiresAt !== undefined || contract === undefined) return message;
  try {
    const { expiresAt } = contract.parse(message);
    return expiresAt === undefined ? message : { ...message, expiresAt };
  } catch {
    // That it cannot be read is why it is given up.
    return message;
  }
}
