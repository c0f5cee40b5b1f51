import { BOUNDS } from '../../../bounds.js';
import { GridwireError } from '../../../errors.js';

/** What one batch may take of an answer's memory. */
export interface BatchRoom {
  bytes: number;
  /** Records and headers of records. */
  parts: number;
  /** Whether no batch can have more: one that does not fit is refused then, and else comes with the next fetch. */
  isAll: boolean;
}

/**
 * How much the batches of one answer may be unpacked to, all together: 500 batches of 60 MB fit into one of a megabyte,
 * and 9 million records into a batch of 90 KB. What has no room is left in the log, and asked for again.
 */
export class FetchRoom {
  private bytes = 0;
  private parts = 0;

  /** @param limit most bytes */
  constructor(private readonly limit: number) {}

  /**
   * @param isFirst whether the batch is the first of its partition. It always has some room: a partition that takes all
   *   must not keep the others from going on.
   */
  forBatch(isFirst: boolean): BatchRoom {
    const least = isFirst ? Math.min(this.limit, BOUNDS.batchLeastBytes) : 0;
    const leastParts = isFirst ? BOUNDS.batchLeastParts : 0;
    return {
      bytes: Math.max(least, this.limit - this.bytes),
      parts: Math.max(leastParts, BOUNDS.fetchParts - this.parts),
      isAll: this.bytes === 0 && this.parts === 0,
    };
  }

  take(bytes: number, parts: number): void {
    this.bytes += bytes;
    this.parts += parts;
  }
}

/** Why a batch is not read. */
export function tooManyParts(): GridwireError {
  const text = `A batch has more than ${BOUNDS.fetchParts} records and headers, so it was not read. Let its producer send smaller batches.`;
  return new GridwireError('BODY_TOO_LARGE', text, { details: { limit: BOUNDS.fetchParts } });
}
