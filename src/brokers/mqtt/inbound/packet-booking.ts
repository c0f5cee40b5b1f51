import type { PublishPacket } from '../connection/publish-packet.js';
import type { Booking } from './held-message.js';
import { identityOf } from './inbound-message.js';
import type { Ledger, LedgerEntry } from './ledger.js';

/** What is booked in the ledger of a session for one of its packets. */
export class PacketBooking implements Booking {
  /** @param answered told after each answer: there may be room for more */
  constructor(
    private readonly ledger: Ledger,
    private readonly entry: LedgerEntry,
    private readonly packet: PublishPacket,
    private readonly clientId: string,
    private readonly answered: () => void,
  ) {}

  answer(reasonCode: number): void {
    this.ledger.settle(this.entry, reasonCode);
    this.answered();
  }

  holdsUp(): number {
    return this.ledger.holdsUp(this.entry);
  }

  identity(): string | undefined {
    return identityOf(this.clientId, this.packet);
  }
}
