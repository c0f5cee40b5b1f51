import type { WireMessage } from '../event.js';

/** One event to be kept, with what is worth finding it by. */
export interface MirrorEntry {
  message: WireMessage;
  /** Name of the contract and event type; absent for messages that no contract described. */
  contract?: string;
  type?: string;
  /** TaylorDash's `kind`. Taken from the body's top level when absent. */
  kind?: string;
  /** When the thing happened, milliseconds since the epoch. */
  time?: number;
  /** When Gridwire kept it; now, unless given. */
  recordedAt?: number;
}

/** A kept event. `id` grows in the order in which events were committed. */
export interface MirrorRecord extends MirrorEntry {
  id: number;
  recordedAt: number;
}

/** What to select; every condition given must hold. Nothing given selects everything. */
export interface MirrorQuery {
  /** Kept at or after this moment, milliseconds since the epoch. */
  from?: number;
  /** Kept before this moment. */
  to?: number;
  /** MQTT filter, `+` and `#` allowed. */
  topicFilter?: string;
  /** Any of these kinds. */
  kinds?: readonly string[];
  /** Any of these event types. */
  types?: readonly string[];
}

/** Every event that passed, in order. */
export interface MirrorStore {
  /**
   * Keeps events in the order given; all or none.
   * @returns after the commit
   * @throws GridwireError `STORE_FULL` when too much waits to be written, `STORE_UNAVAILABLE` when it cannot be written
   */
  append(entries: readonly MirrorEntry[]): Promise<void>;

  /**
   * A page of kept events in order.
   * @param after the last id already seen; 0 starts at the beginning
   * @throws GridwireError `FILTER_ILLEGAL`, `STORE_UNAVAILABLE`
   */
  read(query: MirrorQuery, after: number, limit: number): Promise<MirrorRecord[]>;

  /** How many kept events the query selects. */
  count(query: MirrorQuery): Promise<number>;
}
