import { decodeBm2, type Bm2Frame } from './bm2.js';
import { decodeBm6, type Bm6Frame } from './bm6.js';
import { BLOCK_BYTES, decrypt } from './cipher.js';
import type { Family } from './family.js';
import { implausibility, type Measurement } from './measurement.js';

export type Frame = Bm2Frame | Bm6Frame;

/** Decrypts and decodes a one-block notification of a known family; undefined when it is no frame of that family. */
export function decodeFrame(family: Family, ciphertext: Uint8Array): Frame | undefined {
  if (ciphertext.length !== BLOCK_BYTES) return undefined;
  const plaintext = decrypt(family, ciphertext);
  if (plaintext === undefined) return undefined;
  return family === 'BM2' ? decodeBm2(plaintext) : decodeBm6(plaintext);
}

/** The measurement in a notification of a known family, if it holds one that a real battery could produce. */
export function decodeMeasurement(family: Family, ciphertext: Uint8Array): Measurement | undefined {
  const frame = decodeFrame(family, ciphertext);
  if (frame?.kind !== 'live' || implausibility(frame.measurement) !== undefined) return undefined;
  return frame.measurement;
}

/**
 * Finds the family a notification belongs to by trying the three keys. BM6 and BM7 go first because their header is
 * the longer one. A frame of unknown command, or an impossible measurement, does not count as recognised.
 */
export function detectFamily(ciphertext: Uint8Array): Family | undefined {
  return DETECTION_ORDER.find((family) => {
    const frame = decodeFrame(family, ciphertext);
    if (frame === undefined || frame.kind === 'unknown') return false;
    return frame.kind !== 'live' || implausibility(frame.measurement) === undefined;
  });
}

const DETECTION_ORDER: readonly Family[] = ['BM6', 'BM7', 'BM2'];
