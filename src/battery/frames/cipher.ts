import { createCipheriv, createDecipheriv } from 'node:crypto';
import { FAMILIES, type Family } from './family.js';

export const BLOCK_BYTES = 16;

/**
 * Decrypts a notification or an advertisement. The devices encrypt each 16-byte block by itself (published as "CBC
 * with a zero vector", which is the same for one block and wrong for every block after the first).
 * @returns the plaintext, or undefined when the length is not a positive multiple of 16: such bytes decode to nothing
 */
export function decrypt(family: Family, ciphertext: Uint8Array): Uint8Array | undefined {
  if (ciphertext.length === 0 || ciphertext.length % BLOCK_BYTES !== 0) return undefined;
  return DECIPHERS[family].update(ciphertext);
}

/**
 * Encrypts a request, zero-padded to whole blocks.
 * @param plaintext 1 or more bytes
 */
export function encrypt(family: Family, plaintext: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil(plaintext.length / BLOCK_BYTES) * BLOCK_BYTES);
  padded.set(plaintext);
  return CIPHERS[family].update(padded);
}

// ECB without padding keeps nothing between whole blocks, so one object serves every call of its family.
const cipher = (family: Family) =>
  createCipheriv('aes-128-ecb', FAMILIES[family].key, null).setAutoPadding(false);
const decipher = (family: Family) =>
  createDecipheriv('aes-128-ecb', FAMILIES[family].key, null).setAutoPadding(false);

const CIPHERS = { BM2: cipher('BM2'), BM6: cipher('BM6'), BM7: cipher('BM7') };
const DECIPHERS = { BM2: decipher('BM2'), BM6: decipher('BM6'), BM7: decipher('BM7') };
