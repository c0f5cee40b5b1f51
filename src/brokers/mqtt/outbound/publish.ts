import type { GridwireError } from '../../../errors.js';
import type { WireMessage } from '../../../event.js';
import type { Linked } from '../../../linked-list.js';
import type { PublishResult } from '../../broker.js';

/** A message that a broker has been handed, and whoever waits for its answer. */
export interface Publish extends Linked<Publish> {
  message: WireMessage;
  resolve: (result: PublishResult) => void;
  reject: (error: GridwireError) => void;
  /** When it was handed to the broker, by the clock that does not jump. */
  handedAt: number;
  /** Its number among all that were. */
  number: number;
}
