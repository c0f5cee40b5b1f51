import { byteAt, startsWith, toHex, uint16At, uint24At } from './bytes.js';
import { BLOCK_BYTES } from './cipher.js';
import type { Measurement } from './measurement.js';

/**
 * BM2 plaintext. The device streams one measurement a second as soon as notifications are on.
 * Layout: KrystianD/bm2-battery-monitor (published ciphertext and plaintext), checked by decryption.
 */
export type Bm2Frame =
  | { kind: 'live'; measurement: Measurement }
  /** How many bytes of history the device holds; the number the download request repeats. */
  | { kind: 'history-size'; size: number }
  | { kind: 'unknown'; plaintext: string };

const LIVE_HEADER = [0xf5];
const HISTORY_SIZE_HEADER = [0xe7];

/**
 * Decodes one decrypted block.
 *
 * The header is a single byte, so a block decrypted with a wrong key would pass for a measurement once in 256 times.
 * The eight zero bytes that end every known frame are therefore part of the test.
 * @returns undefined when the block is not a BM2 frame at all
 */
export function decodeBm2(plaintext: Uint8Array): Bm2Frame | undefined {
  if (plaintext.length !== BLOCK_BYTES) return undefined;
  if (plaintext.subarray(8).some((value) => value !== 0)) return undefined;
  if (startsWith(plaintext, LIVE_HEADER)) return { kind: 'live', measurement: measurementOf(plaintext) };
  if (startsWith(plaintext, HISTORY_SIZE_HEADER))
    return { kind: 'history-size', size: uint24At(plaintext, 1) };
  return { kind: 'unknown', plaintext: toHex(plaintext) };
}

/**
 * Byte 0 F5 | 12 bits voltage / 100 V | 4 bits status | byte 3 state of charge | 4-5 counter | 6-7 second counter.
 * Two projects read the status nibble in opposite ways, so it stays a number.
 */
function measurementOf(plaintext: Uint8Array): Measurement {
  return {
    voltage: (uint16At(plaintext, 1) >> 4) / 100,
    stateOfCharge: byteAt(plaintext, 3),
    unconfirmed: {
      status_nibble: byteAt(plaintext, 2) & 0x0f,
      counter: uint16At(plaintext, 4),
      second_counter: uint16At(plaintext, 6),
    },
  };
}
