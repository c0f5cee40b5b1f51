import type { PublishResult } from '../../brokers/broker.js';
import type { RetryData } from '../../contracts/contract-data.js';
import type { GridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';

/**
 * Where an accepted event stands. `writing`: on its way into the journal. `left`: in the journal only. `waiting`: in
 * memory, for its turn. `underWay`: written to the wire and not yet acknowledged. `ended`: told, and forgotten.
 */
export type ItemState = 'writing' | 'left' | 'waiting' | 'underWay' | 'ended';

/** An event in an outbox. Times are by the clock that does not jump. */
export interface Item {
  /** Its own name within this outbox; whoever sent it is told by it. */
  readonly key: number;
  state: ItemState;
  topic: string;
  /** As `messageBytes` counts them. */
  bytes: number;
  /** Absent while only the journal has it. */
  message: WireMessage | undefined;
  acceptedAt: number;
  /** After this it must not be sent any more; undefined where the event has no such time. */
  expiresAt: number | undefined;
  /** That time, or the end of the outbox's patience, whichever is first. */
  deadline: number;
  /** Its place: the journal's id where there is one, else the order of acceptance. */
  order: number;
  /** Its id in the journal, once that is known. */
  id: number | undefined;
  /** Names the event over restarts; a queue has at most one row of a name. */
  origin: string | undefined;
  /** It was brought again: a row of its name is its own. */
  isAgain: boolean;
  /** A sending of it that was told as failed may have left the row: it is nobody's if this one ends before. */
  inheritsRow: boolean;
  /** Rows of its name up to this id are another event's, which had the name before. */
  after: number;
  /** The keys of all who sent it and wait for its end; none for what an earlier process left. */
  waiters: number[];
  retry: RetryData;
  /** May go before the older ones of its topic. */
  liveFirst: boolean;
  /** How often the broker has refused it. */
  refusals: number;
  /** What becomes of it if it comes back: it was given up while it was under way, and is not sent a second time. */
  fate: Ending | undefined;
}

/**
 * How an event's time in an outbox ended: acknowledged, failed for good, kept by the journal for the next process or
 * deploy, or given up because the outbox was closed.
 */
export type Ending =
  | { kind: 'sent'; result: PublishResult }
  | { kind: 'failed'; error: GridwireError }
  | { kind: 'kept' }
  | { kind: 'unsent'; error: GridwireError };
