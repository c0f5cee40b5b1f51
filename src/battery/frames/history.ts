import { byteAt, startsWith, uint16At, uint24At } from './bytes.js';
import { BLOCK_BYTES } from './cipher.js';
import type { Family } from './family.js';

/** One stored record, two minutes from its neighbours. Records carry no time of their own. */
export interface HistoryRecord {
  voltage: number;
  /** BM6 and BM7. */
  stateOfCharge?: number;
  /** BM6 and BM7; how they store a negative one is not known, so a value over 127 is left as it stands. */
  temperature?: number;
  /** BM2: the lowest voltage while the engine was cranked. */
  minimumCrankingVoltage?: number;
  /** BM2: the record's type, meaning not settled. */
  type?: number;
  /** BM6 and BM7: four flags; 2 marks an engine start and 4 an engine stop. */
  flags?: number;
}

export const RECORD_BYTES = 4;
export const RECORD_INTERVAL_MS = 120_000;

/** Decodes one record of 4 bytes. */
export function decodeRecord(family: Family, record: Uint8Array): HistoryRecord {
  const voltage = (uint16At(record, 0) >> 4) / 100;
  if (family === 'BM2') {
    return {
      voltage,
      minimumCrankingVoltage: (uint16At(record, 2) >> 4) / 100,
      type: byteAt(record, 3) & 0x0f,
    };
  }
  return {
    voltage,
    stateOfCharge: (uint16At(record, 1) >> 4) & 0xff,
    temperature: (uint16At(record, 2) >> 4) & 0xff,
    flags: byteAt(record, 3) & 0x0f,
  };
}

/** Plaintext of the requests: BM2 asks for the size and then for that much, BM6 and BM7 for a range of records. */
export const HISTORY_REQUESTS = {
  bm2Size: Uint8Array.of(0xe7, 0x01),
  bm2Download: (size: number): Uint8Array =>
    Uint8Array.of(0xe3, 0, 0, (size >>> 24) & 0xff, (size >>> 16) & 0xff, (size >>> 8) & 0xff, size & 0xff),
  /** Records `start` (0 is the newest) up to but without `end`. */
  bm6Range: (start: number, end: number): Uint8Array =>
    Uint8Array.of(0xd1, 0x55, 0x05, ...uint24(start), ...uint24(end)),
} as const;

const uint24 = (value: number): [number, number, number] => [
  (value >>> 16) & 0xff,
  (value >>> 8) & 0xff,
  value & 0xff,
];

/**
 * What a notification is during a download. No record can look like a marker or like a live frame: its first 12 bits
 * would be a voltage above 33 V.
 */
export type HistoryPart =
  | { kind: 'start' }
  | { kind: 'end'; count: number }
  | { kind: 'other' }
  | { kind: 'records'; bytes: Uint8Array };

const START_MARKER = [0xff, 0xff, 0xfe];
const END_MARKER = [0xff, 0xfe, 0xfe];
const EMPTY_MARKER = [0xfe, 0xfe, 0xfe];
const NOT_RECORDS = [[0xf5], [0xe7], [0xd1, 0x55]];

/** Sorts a decrypted notification (whole blocks) that arrived during a download. */
export function historyPart(plaintext: Uint8Array): HistoryPart {
  if (startsWith(plaintext, START_MARKER)) return { kind: 'start' };
  if (startsWith(plaintext, END_MARKER)) {
    // The length counts nine bytes of framing; an empty reply says 9 or 12.
    const length = uint24At(plaintext, 3);
    return { kind: 'end', count: Math.max(0, Math.floor((length - 9) / RECORD_BYTES)) };
  }
  if (startsWith(plaintext, EMPTY_MARKER)) return { kind: 'other' };
  if (plaintext.length === BLOCK_BYTES && NOT_RECORDS.some((header) => startsWith(plaintext, header))) {
    return { kind: 'other' };
  }
  return { kind: 'records', bytes: plaintext };
}
