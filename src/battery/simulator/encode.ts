import { BM6_COMMANDS } from '../frames/bm6.js';
import { RECORD_BYTES } from '../frames/history.js';

/** The monitors' side of the protocol: plaintext that the decoder in `frames/` understands. */

/** What a monitor would say now. */
export interface Shown {
  voltage: number;
  stateOfCharge: number;
  temperature: number;
  isCharging: boolean;
}

export function encodeBm2Live(shown: Shown, counter: number): Uint8Array {
  const volts = Math.round(shown.voltage * 100);
  const status = shown.isCharging ? 4 : 2;
  return Uint8Array.of(
    0xf5,
    volts >> 4,
    ((volts & 0x0f) << 4) | status,
    shown.stateOfCharge,
    (counter >> 8) & 0xff,
    counter & 0xff,
  );
}

export function encodeBm6Live(shown: Shown): Uint8Array {
  const volts = Math.round(shown.voltage * 100);
  const state = shown.isCharging ? 2 : shown.stateOfCharge < 20 ? 1 : 0;
  return Uint8Array.of(
    ...[0xd1, 0x55, BM6_COMMANDS.live],
    shown.temperature < 0 ? 1 : 0,
    Math.abs(shown.temperature),
    state,
    shown.stateOfCharge,
    volts >> 8,
    volts & 0xff,
    ...[0, 0, 0, 0, 2],
  );
}

export const BM6_ACKNOWLEDGEMENT = Uint8Array.of(0xd1, 0x55, BM6_COMMANDS.live, 0xff);

/** What an observed BM6 answers to the version request. */
export const BM6_VERSION = Uint8Array.of(0xd1, 0x55, BM6_COMMANDS.version, 0x01, 0x08, 0x00, 0x05);

export function encodeBm2Record(shown: Shown): Uint8Array {
  const volts = Math.round(shown.voltage * 100);
  const cranking = volts - 200;
  return Uint8Array.of(volts >> 4, ((volts & 0x0f) << 4) | (cranking >> 8), cranking & 0xff, 0x10);
}

export function encodeBm6Record(shown: Shown): Uint8Array {
  const volts = Math.round(shown.voltage * 100);
  const degrees = shown.temperature & 0xff;
  return Uint8Array.of(
    volts >> 4,
    ((volts & 0x0f) << 4) | (shown.stateOfCharge >> 4),
    ((shown.stateOfCharge & 0x0f) << 4) | (degrees >> 4),
    (degrees & 0x0f) << 4,
  );
}

export const HISTORY_START = Uint8Array.of(0xff, 0xff, 0xfe);

export function encodeHistoryEnd(count: number): Uint8Array {
  const length = count * RECORD_BYTES + 9;
  return Uint8Array.of(0xff, 0xfe, 0xfe, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}
