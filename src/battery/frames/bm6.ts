import { byteAt, startsWith, toHex, uint16At } from './bytes.js';
import { BLOCK_BYTES } from './cipher.js';
import type { Measurement } from './measurement.js';

/**
 * BM6 and BM7 plaintext; the two differ in their key only. After one request the device streams one measurement a
 * second while the link lives.
 * Layout: antonkostryukov/bm6-ble-protocol, JeffWDH/bm6-battery-monitor, marcomc/BMGateway.
 */
export type Bm6Frame =
  | { kind: 'live'; measurement: Measurement; state: Bm6State }
  /** The request was accepted. Read as a measurement it would say 0.00 V. */
  | { kind: 'acknowledgement'; command: number }
  | { kind: 'version'; raw: string }
  | { kind: 'history-accepted'; count: number }
  | { kind: 'unknown'; plaintext: string };

/** The device's own opinion, derived from the voltage; "charging" is no proof of a charger. */
export type Bm6State = 'normal' | 'low' | 'charging' | 'unknown';

export const BM6_COMMANDS = { version: 0x01, history: 0x05, live: 0x07 } as const;

const HEADER = [0xd1, 0x55];
const STATES: readonly Bm6State[] = ['normal', 'low', 'charging'];

/**
 * Plaintext of the requests Gridwire sends. Command 02 11 locks a device for good or not, nobody knows, so no
 * function here can build it.
 */
export const BM6_REQUESTS = {
  version: Uint8Array.of(...HEADER, BM6_COMMANDS.version),
  live: Uint8Array.of(...HEADER, BM6_COMMANDS.live),
} as const;

/**
 * Decodes one decrypted block.
 * @returns undefined when the block is not a BM6 or BM7 frame (also when decrypted with a wrong key)
 */
export function decodeBm6(plaintext: Uint8Array): Bm6Frame | undefined {
  if (plaintext.length !== BLOCK_BYTES || !startsWith(plaintext, HEADER)) return undefined;
  const command = byteAt(plaintext, 2);
  if (byteAt(plaintext, 3) === 0xff) return { kind: 'acknowledgement', command };
  switch (command) {
    case BM6_COMMANDS.live:
      return liveFrame(plaintext);
    case BM6_COMMANDS.version:
      return { kind: 'version', raw: toHex(plaintext.subarray(3)) };
    case BM6_COMMANDS.history:
      return { kind: 'history-accepted', count: uint16At(plaintext, 3) };
    default:
      return { kind: 'unknown', plaintext: toHex(plaintext) };
  }
}

/**
 * [3] sign of the temperature (1 = below zero) | [4] degrees | [5] state | [6] state of charge | [7-8] voltage / 100 V |
 * [9-10] rapid acceleration and [11-12] deceleration as some say | [13] usually 2 | rest 0000 or FFFF.
 */
function liveFrame(plaintext: Uint8Array): Bm6Frame | undefined {
  const sign = byteAt(plaintext, 3);
  if (sign > 1) return undefined;
  const degrees = byteAt(plaintext, 4);
  const stateCode = byteAt(plaintext, 5);
  return {
    kind: 'live',
    state: STATES[stateCode] ?? 'unknown',
    measurement: {
      voltage: uint16At(plaintext, 7) / 100,
      stateOfCharge: byteAt(plaintext, 6),
      temperature: sign === 1 && degrees !== 0 ? -degrees : degrees,
      unconfirmed: {
        state_code: stateCode,
        rapid_acceleration: uint16At(plaintext, 9),
        rapid_deceleration: uint16At(plaintext, 11),
        tail: toHex(plaintext.subarray(13)),
      },
    },
  };
}
