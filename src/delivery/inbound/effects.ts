import type { GridwireError } from '../../errors.js';
import type { InboundMessage } from '../../event.js';
import type { NewDeadLetter } from '../../store/dead-letter-store.js';
import type { NewParkedMessage, ParkedMessage } from '../../store/queue-stores.js';
import type { Decision, HeldGroup, Origin } from './work.js';

/** The moment of an input. */
export interface Time {
  /** By the clock that does not jump: for all that is compared. */
  now: number;
  /** By the machine's clock: for times that other systems named. */
  wall: number;
}

/** Names what a broker hands over. */
export interface ArrivalOrigin extends Origin {
  /** Takes another name, made of its own and the number: its own is taken. To be asked for its key before. */
  rename(number: number): void;
}

/** A message that a broker hands over. */
export interface Arrival {
  /** Of this delivery, never used before; sorts by arrival. */
  key: string;
  message: InboundMessage;
  origin: ArrivalOrigin;
  /** The digest of its id, where repetitions are looked for. */
  id: string | undefined;
  /** Where it stands in its broker's log: a further delivery of the same place is the same message. */
  place: string | undefined;
}

/** What one commit changes for one message. */
export interface Write {
  park?: NewParkedMessage;
  /** Takes its row out of the store. */
  release?: string;
  /** Notes its id as dealt with. */
  mark?: { id: string; at: number };
  letter?: NewDeadLetter;
}

/** What the store says. `permanent`: it will never say anything else; otherwise it may even have happened. */
export type Answer<Value = void> =
  { ok: true; value: Value } | { ok: false; error: GridwireError; permanent: boolean };

/** Rows whose time has come. */
export interface Loaded {
  due: readonly ParkedMessage[];
  /** When the next one falls due after these; undefined where none waits. */
  next?: number;
  /** How many wait for an attempt. */
  count: number;
  /** What waits for decisions. */
  held: readonly HeldGroup[];
  /** The digests of their ids, by key, where repetitions are looked for. */
  ids: ReadonlyMap<string, string>;
}

/** What an earlier owner of the queue left. */
export interface Begun {
  /** What waits for decisions. */
  held: readonly HeldGroup[];
  /** Under which names messages wait, by the key of the row. */
  names: readonly { key: string; name: string }[];
}

/** What the inbox wants of the store; each is answered once. */
export type StoreEffect =
  /** `again`: it may have been done before, without an answer. */
  | { do: 'write'; key: string; write: Write; again: boolean }
  /** Which of the ids have been dealt with since that moment. */
  | { do: 'ask'; ids: readonly string[]; since: number }
  /** Takes the queue over; see `ParkedStore.takeUp`. */
  | { do: 'begin'; now: number }
  | { do: 'load'; now: number; limit: number; except: readonly string[] }
  | { do: 'decide'; decision: Decision; now: number }
  /** Forgets ids outside the window; not answered. */
  | { do: 'trim'; now: number };

/** What the inbox wants done; the driver does it and comes back with the answer. */
export type Effect =
  | StoreEffect
  | { do: 'run'; key: string; message: InboundMessage; attempt: number; origin: Origin }
  | {
      do: 'reject';
      key: string;
      message: InboundMessage;
      error: GridwireError;
      origin: Origin;
      toStore: boolean;
    }
  /** The broker need not keep it any more. */
  | { do: 'acknowledge'; key: string }
  /** A further delivery of a message in hand: what settles that settles both. */
  | { do: 'attach'; key: string; delivery: string }
  /** Messages wait for decisions that this process did not put there. */
  | { do: 'found'; held: HeldGroup }
  /** Messages that waited for decisions do not any more, and nobody has decided. */
  | { do: 'gone'; held: HeldGroup }
  /** It is known, as far as that can be now, what an earlier owner of the queue left. */
  | { do: 'ready' }
  | { do: 'tell'; error: GridwireError };
