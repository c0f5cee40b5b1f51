import type { GridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import type { JournalTask } from './backlog.js';
import type { Origin } from './journal.js';
import type { Ending, Item } from './outbox-item.js';

/** What the driver is to do. */
export type Effect =
  /** Write an accepted event into the journal; the answer is `written` or `notWritten`. */
  | { do: 'write'; item: Item; origin: Origin | undefined }
  | JournalTask
  /** Tell those who wait for an event how it ended. */
  | { do: 'tell'; item: Item; ending: Ending }
  /** Tell of an event that failed for good and that nobody waits for, with its body. */
  | { do: 'lose'; message: WireMessage; error: GridwireError };
