import { AsyncLocalStorage } from 'node:async_hooks';
import { GridwireError } from '../../../errors.js';

/** Most bytes that one batch of records may unpack to, where no setting says so. */
export const UNPACK_LIMIT = 64 * 1024 * 1024;

/** The limit of the reader in whose fetch a batch comes; kafkajs has one table of codecs for all. */
export const unpackLimit = new AsyncLocalStorage<number>();

export function tooLarge(limit: number): GridwireError {
  const text = `A batch of records unpacks to more than ${limit} bytes, so it was not unpacked. Let its producer send smaller batches, or raise the limit in the broker settings.`;
  return new GridwireError('BODY_TOO_LARGE', text, { details: { limit } });
}
