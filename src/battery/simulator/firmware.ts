import { decrypt, encrypt } from '../frames/cipher.js';
import type { Family } from '../frames/family.js';
import { startsWith, uint16At } from '../frames/bytes.js';
import { RECORD_BYTES } from '../frames/history.js';
import {
  BM6_ACKNOWLEDGEMENT,
  BM6_VERSION,
  encodeBm2Live,
  encodeBm2Record,
  encodeBm6Live,
  encodeBm6Record,
  encodeHistoryEnd,
  HISTORY_START,
  type Shown,
} from './encode.js';

/** Records per notification of a BM6 (160 bytes) and a BM2 (one block). */
const RECORDS_PER_NOTIFICATION = { BM2: 4, BM6: 40, BM7: 40 } as const;

/** Answers requests as the monitor of a family does, in its cipher. */
export class MonitorFirmware {
  readonly #family: Family;
  readonly #shown: () => Shown;
  /** Newest first, two minutes apart. */
  readonly #history: readonly Shown[];
  #streaming: boolean;
  #counter = 0;

  constructor(family: Family, shown: () => Shown, history: readonly Shown[]) {
    this.#family = family;
    this.#shown = shown;
    this.#history = history;
    this.#streaming = family === 'BM2';
  }

  /** The frame due now, once a second; none before a BM6 or BM7 was asked. */
  tick(): Uint8Array | undefined {
    if (!this.#streaming) return undefined;
    this.#counter += 25;
    return this.#encrypt(
      this.#family === 'BM2' ? encodeBm2Live(this.#shown(), this.#counter) : encodeBm6Live(this.#shown()),
    );
  }

  /** The notifications that answer a write; none for what the monitor does not understand. */
  answer(ciphertext: Uint8Array): Uint8Array[] {
    const request = decrypt(this.#family, ciphertext);
    if (request === undefined) return [];
    const answers = this.#family === 'BM2' ? this.#answerBm2(request) : this.#answerBm6(request);
    return answers.map((plaintext) => this.#encrypt(plaintext));
  }

  #answerBm2(request: Uint8Array): Uint8Array[] {
    const size = this.#history.length * RECORD_BYTES;
    if (startsWith(request, [0xe7, 0x01])) {
      return [Uint8Array.of(0xe7, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff)];
    }
    if (!startsWith(request, [0xe3])) return [];
    const oldestFirst = [...this.#history].reverse().map(encodeBm2Record);
    return [HISTORY_START, ...this.#pack(oldestFirst), encodeHistoryEnd(oldestFirst.length)];
  }

  #answerBm6(request: Uint8Array): Uint8Array[] {
    if (startsWith(request, [0xd1, 0x55, 0x07])) {
      this.#streaming = true;
      return [BM6_ACKNOWLEDGEMENT];
    }
    if (startsWith(request, [0xd1, 0x55, 0x01])) return [BM6_VERSION];
    if (!startsWith(request, [0xd1, 0x55, 0x05])) return [];
    // As the real ones do: the upper byte of both 24-bit indices is ignored, the end is not part of the range.
    const records = this.#history.slice(uint16At(request, 4), uint16At(request, 7)).map(encodeBm6Record);
    const count = records.length;
    const accepted = Uint8Array.of(0xd1, 0x55, 0x05, count >> 8, count & 0xff, 0);
    return [accepted, ...this.#pack(records), encodeHistoryEnd(count)];
  }

  /** Whole notifications; the last is padded with zeros. */
  #pack(records: readonly Uint8Array[]): Uint8Array[] {
    const perNotification = RECORDS_PER_NOTIFICATION[this.#family];
    const notifications: Uint8Array[] = [];
    for (let start = 0; start < records.length; start += perNotification) {
      const bytes = new Uint8Array(perNotification * RECORD_BYTES);
      bytes.set(Buffer.concat(records.slice(start, start + perNotification)));
      notifications.push(bytes);
    }
    return notifications;
  }

  #encrypt(plaintext: Uint8Array): Uint8Array {
    return encrypt(this.#family, plaintext);
  }
}
