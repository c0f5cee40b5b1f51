import type { GridwireError } from '../../errors.js';
import type { Besides, Headers } from '../../event.js';
import type { FailureRecord } from './headers/failure-headers.js';

/** What is known of a message that could not be processed. */
export interface Failure extends Besides {
  /** The topic it came on, or was meant for. */
  topic: string;
  /** The original bytes. */
  body: Uint8Array;
  headers: Headers;
  /** After this moment (milliseconds since the epoch) the message must not be delivered any more; its letter may. */
  expiresAt?: number;
  /** The message is not all of what failed, which could not be read or kept. */
  incomplete?: true;
  error: Pick<GridwireError, 'code' | 'message' | 'fault'>;
  /** When it failed, milliseconds since the epoch. */
  time: number;
  /** Where it was, if it came from Kafka. */
  place?: Pick<FailureRecord, 'partition' | 'offset' | 'timestamp' | 'consumerGroup'>;
}
