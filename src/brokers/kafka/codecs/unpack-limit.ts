import { AsyncLocalStorage } from 'node:async_hooks';
import { GridwireError } from '../../../errors.js';

/** Most bytes that one batch of records may unpack to, where no setting says so. */
export const UNPACK_LIMIT = 64 * 1024 * 1024;

/** Bytes that are unpacked, and records that are read, before everything else has its turn. */
export const SLICE = 2 * 1024 * 1024;
export const SLICE_RECORDS = 2_000;

/** @returns when everything else has had its turn */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The limit of the reader in whose fetch a batch comes; kafkajs has one table of codecs for all. */
export const unpackLimit = new AsyncLocalStorage<number>();

/** The limit that holds here. */
export function ownLimit(): number {
  return unpackLimit.getStore() ?? UNPACK_LIMIT;
}

export function tooLarge(limit: number): GridwireError {
  const text = `A batch of records unpacks to more than ${limit} bytes, so it was not unpacked. Let its producer send smaller batches, or raise the limit in the broker settings.`;
  return new GridwireError('BODY_TOO_LARGE', text, { details: { limit } });
}
