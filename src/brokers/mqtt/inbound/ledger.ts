import { Fifo } from '../../../fifo.js';
import type { PublishPacket } from '../connection/publish-packet.js';

/** What the ledger wants written to the broker. */
export interface Acknowledgement {
  kind: 'puback' | 'pubrec' | 'pubcomp';
  packetId: number;
  /** 0 or an MQTT 5 reason code; MQTT 3.1.1 has no place for it. */
  reasonCode: number;
}

/** One message that the broker has delivered and the flow has not yet settled, or not yet to the broker's knowledge. */
export interface LedgerEntry {
  readonly qos: 0 | 1 | 2;
  readonly packetId: number;
  readonly topic: string;
  readonly body: Buffer;
  settled: boolean;
  /** Waits for its turn to be answered over the present connection. */
  queued: boolean;
  reasonCode: number;
}

const PACKET_ID_NOT_FOUND = 0x92;

/**
 * Keeps account of QoS 1 and 2 deliveries of one session, across its connections, so that acknowledgements leave
 * only after settlement, in the order MQTT asks for (4.6.0-2, 4.6.0-3: that of the PUBLISH packets, per QoS), and
 * never for another message that got the same packet id later. Does no input or output.
 */
export class Ledger {
  #unsettled = 0;
  #bytes = 0;
  readonly #arrived = { 1: new Fifo<LedgerEntry>(), 2: new Fifo<LedgerEntry>() };
  /** How many of them are settled, and wait for one before them. */
  readonly #heldUp = { 1: 0, 2: 0 };
  /** Entries of earlier connections that the broker has no answer to, by QoS and packet id. */
  readonly #carried = new Map<string, LedgerEntry>();
  /** QoS 2 packet ids answered by PUBREC and not yet released by PUBREL. */
  readonly #unreleased = new Set<number>();

  constructor(private readonly write: (acknowledgement: Acknowledgement) => void) {}

  /** Messages in the hands of the flow. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** What their bodies take in memory. */
  get unsettledBytes(): number {
    return this.#bytes;
  }

  /** These, and those that are settled and wait for one before them: the broker would send all of them again. */
  get unanswered(): number {
    return this.#unsettled + this.#heldUp[1] + this.#heldUp[2];
  }

  /** A connection is up. Without its session the broker knows nothing of what was before. */
  connected(sessionPresent: boolean): void {
    if (sessionPresent) return;
    this.#carried.clear();
    this.#unreleased.clear();
  }

  /** The connection is gone: settlements write nothing until a re-delivery binds their entry to the next one. */
  disconnected(): void {
    for (const qos of [1, 2] as const) {
      for (const entry of this.#arrived[qos].takeAll()) {
        entry.queued = false;
        this.#carried.set(keyOf(entry), entry);
      }
      this.#heldUp[qos] = 0;
    }
  }

  /** @returns the entry to deliver, or undefined where the flow has (or had) this message already */
  published(packet: PublishPacket): LedgerEntry | undefined {
    if (packet.qos === 0) return this.#enter(packet);
    if (packet.qos === 2 && this.#unreleased.has(packet.packetId)) {
      this.#append({ ...entryOf(packet), settled: true });
      return undefined;
    }
    const key = keyOf(packet);
    const carried = this.#carried.get(key);
    this.#carried.delete(key);
    if (carried && isSame(carried, packet)) {
      this.#append(carried);
      return undefined;
    }
    const entry = this.#enter(packet);
    this.#append(entry);
    return entry;
  }

  /** The broker releases a QoS 2 packet id. An unknown one is answered as well, or the broker would wait for ever. */
  released(packetId: number): void {
    const known = this.#unreleased.delete(packetId);
    this.write({ kind: 'pubcomp', packetId, reasonCode: known ? 0 : PACKET_ID_NOT_FOUND });
  }

  /** The flow is done with an entry; only the first call counts. */
  settle(entry: LedgerEntry, reasonCode: number): void {
    if (entry.settled) return;
    entry.settled = true;
    entry.reasonCode = reasonCode;
    this.#unsettled -= 1;
    this.#bytes -= entry.body.length;
    if (!entry.queued) return;
    const qos = entry.qos as 1 | 2;
    this.#heldUp[qos] += 1;
    this.#release(qos);
  }

  /** How many answers to settled messages wait, if this is one that is not settled. */
  holdsUp({ qos, settled, queued }: LedgerEntry): number {
    return queued && !settled ? this.#heldUp[qos as 1 | 2] : 0;
  }

  #enter(packet: PublishPacket): LedgerEntry {
    this.#unsettled += 1;
    this.#bytes += packet.body.length;
    return entryOf(packet);
  }

  #append(entry: LedgerEntry): void {
    const qos = entry.qos as 1 | 2;
    this.#arrived[qos].push(entry);
    entry.queued = true;
    if (entry.settled) this.#heldUp[qos] += 1;
    this.#release(qos);
  }

  #release(qos: 1 | 2): void {
    const queue = this.#arrived[qos];
    while (queue.peek()?.settled === true) {
      const entry = queue.shift() as LedgerEntry;
      const { packetId, reasonCode } = entry;
      entry.queued = false;
      this.#heldUp[qos] -= 1;
      // A PUBREC that refuses frees the packet id at once; there will be no PUBREL.
      if (qos === 2 && reasonCode < 0x80) this.#unreleased.add(packetId);
      this.write({ kind: qos === 1 ? 'puback' : 'pubrec', packetId, reasonCode });
    }
  }
}

function entryOf(packet: PublishPacket): LedgerEntry {
  const { qos, packetId, topic, body } = packet;
  return { qos, packetId, topic, body, settled: false, queued: false, reasonCode: 0 };
}

function keyOf(of: { qos: number; packetId: number }): string {
  return `${of.qos} ${of.packetId}`;
}

/** A QoS 2 id names its message until it is released; a QoS 1 id may have gone to another message meanwhile. */
function isSame(carried: LedgerEntry, packet: PublishPacket): boolean {
  if (packet.qos === 2) return true;
  return packet.dup && carried.topic === packet.topic && carried.body.equals(packet.body);
}
