import { decrypt } from './cipher.js';
import type { Family } from './family.js';
import { decodeRecord, historyPart, RECORD_BYTES, type HistoryRecord } from './history.js';

/** No device can be asked for more than 65,535 records; anything beyond is not a history. */
const MOST_BYTES = 65_536 * RECORD_BYTES;

/**
 * Collects the notifications that answer one history request. The count in the terminator is what counts: the last
 * notification is padded with zeros that look like real records.
 */
export class HistoryPage {
  readonly #family: Family;
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;
  #state: 'open' | 'complete' | 'broken' = 'open';
  #count = 0;

  constructor(family: Family) {
    this.#family = family;
  }

  /** `broken` when bytes were lost on the way (a link's MTU below 163, a truncated capture): ask for the page again. */
  get state(): 'open' | 'complete' | 'broken' {
    return this.#state;
  }

  /** Records received so far, padding included while the page is open. */
  get received(): number {
    return this.#state === 'complete' ? this.#count : Math.floor(this.#bytes / RECORD_BYTES);
  }

  /** Takes one encrypted notification; live frames that come between are left out. */
  add(ciphertext: Uint8Array): void {
    if (this.#state !== 'open') return;
    const plaintext = decrypt(this.#family, ciphertext);
    if (plaintext === undefined) {
      this.#state = 'broken';
      return;
    }
    const part = historyPart(plaintext);
    if (part.kind === 'start') this.#clear();
    else if (part.kind === 'records') this.#append(part.bytes);
    else if (part.kind === 'end') this.#finish(part.count);
  }

  /** The records of a complete page in the device's order: BM2 oldest first, BM6 and BM7 newest first. */
  records(): HistoryRecord[] {
    if (this.#state !== 'complete') return [];
    const bytes = Buffer.concat(this.#parts);
    return Array.from({ length: this.#count }, (_, index) =>
      decodeRecord(this.#family, bytes.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES)),
    );
  }

  #append(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_BYTES) this.#state = 'broken';
    else this.#parts.push(bytes);
  }

  #finish(count: number): void {
    this.#count = count;
    this.#state = count * RECORD_BYTES <= this.#bytes ? 'complete' : 'broken';
  }

  #clear(): void {
    this.#parts.length = 0;
    this.#bytes = 0;
  }
}
