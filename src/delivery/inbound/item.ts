import { GridwireError } from '../../errors.js';
import type { InboundMessage } from '../../event.js';
import type { Linked } from '../../linked-list.js';
import type { NewDeadLetter } from '../../store/dead-letter-store.js';
import type { Time } from './effects.js';
import type { ParkedMessage, ParkedKind } from '../../store/queue-stores.js';
import type { Decision, Origin } from './work.js';

/**
 * - `due`: read from the store, waits for a place among those that are tried again
 * - `asking`: the store is asked whether it was dealt with before
 * - `following`: another message with its id is in hand
 * - `working`: the flow has it
 * - `rejected`: it is given up; whoever takes its dead letter has it
 * - `waiting`: in memory, until its next attempt
 * - `held`: in memory, until somebody decides
 * - `writing`: what ends it here is being committed; then it leaves the table, settled or parked
 */
export type State = 'due' | 'asking' | 'following' | 'working' | 'rejected' | 'waiting' | 'held' | 'writing';

/** How a message leaves the table. */
export type Ending =
  /** Done, or known as done before. `givenUp`: a letter or a report is all that is left of it. */
  | { kind: 'settled'; letter?: NewDeadLetter; mark: boolean; givenUp: boolean }
  /** It goes on from the store. */
  | { kind: 'parked'; as: ParkedKind; at: number; reason: string; by?: string; known: boolean };

/** A message in hand: of a broker, or taken from the store. */
export interface Item extends Linked<Item> {
  readonly key: string;
  readonly message: InboundMessage;
  readonly origin: Origin;
  readonly id: string | undefined;
  readonly place: string | undefined;
  /** When it came into hand. */
  readonly since: number;
  /** When it must not be processed any more. */
  readonly expiresAt: number | undefined;
  /** It was read from the store, and takes one of the places of those. */
  readonly resumed: boolean;
  state: State;
  /** Attempts made that count against it. */
  attempts: number;
  /** When it first had to wait. */
  waitsSince: number | undefined;
  /** Whether its broker waits for the acknowledgement. */
  atBroker: boolean;
  /** Whether the store may have a row of it. */
  hasRow: boolean;
  /** The store refuses its row for good. */
  unstorable: boolean;
  /** A write of it is under way. */
  inWrite: boolean;
  /** That write only takes it off its broker's hands; the work goes on. */
  keeping: boolean;
  /** Set once its end is decided. */
  ending: Ending | undefined;
  /** Why it is given up, once that is decided: it is never processed again. */
  refusal: GridwireError | undefined;
  /** How often its dead letter found no place for a reason that counts. */
  refusals: number;
  /** What it waits for where it is held in memory. */
  heldBy: string | undefined;
  /** What it names is to be forgotten: once it is out of the flow's hands nothing of it is kept. */
  isErased: boolean;
  /** The decision about it came while it was being written down as held. */
  decision: Decision | undefined;
}

export function itemOf(
  { key, message, origin, id, place }: Pick<Item, 'key' | 'message' | 'origin' | 'id' | 'place'>,
  time: Time,
): Item {
  // Written out member by member: this runs for every message.
  return {
    key,
    message,
    origin,
    id,
    place,
    since: time.now,
    expiresAt: expiryOf(message, time),
    resumed: false,
    state: 'due',
    attempts: 0,
    waitsSince: undefined,
    atBroker: true,
    hasRow: false,
    unstorable: false,
    inWrite: false,
    keeping: false,
    ending: undefined,
    refusal: undefined,
    refusals: 0,
    heldBy: undefined,
    isErased: false,
    decision: undefined,
    before: undefined,
    after: undefined,
    list: undefined,
  };
}

/**
 * A row of the store.
 * @param known what is remembered of it
 */
export function resumedItem(
  row: ParkedMessage,
  known: Pick<Item, 'message' | 'expiresAt'> | undefined,
  id: string | undefined,
  time: Time,
): Item {
  const { key, origin = row.key } = row;
  const message = known?.message ?? messageOf(row, time);
  const refusal = row.refusal === undefined ? undefined : new GridwireError(row.refusal, row.reason);
  const arrival = { key, message, origin: { key: origin, mayExist: true }, id, place: undefined };
  return {
    ...itemOf(arrival, time),
    ...{ resumed: true, atBroker: false, hasRow: true, refusal },
    attempts: refusal === undefined ? row.attempts : 0,
    refusals: refusal === undefined ? 0 : row.attempts,
    // Later than now it was set by a clock that has been put right since.
    waitsSince: Math.min(row.parkedAt, time.now),
    ...(known === undefined ? {} : { expiresAt: known.expiresAt }),
  };
}

/** Its expiry is a time of the wall clock, which may have been set since: how long it has left is what counts. */
function messageOf({ message, parkedAt, expiresAt }: ParkedMessage, { now, wall }: Time): InboundMessage {
  const received = { ...message, receivedAt: parkedAt, redelivered: true };
  return expiresAt === undefined ? received : { ...received, expiresAt: Math.round(wall + expiresAt - now) };
}

/** By the clock that does not jump. */
function expiryOf({ expiresAt, deadline }: InboundMessage, { now, wall }: Time): number | undefined {
  return deadline ?? (expiresAt === undefined ? undefined : now + (expiresAt - wall));
}

/** By less than this the wall clock may have wandered, milliseconds. */
const TOLERANCE = 500;

/**
 * How long ago a message has expired, milliseconds. The wall clock may have been set while it waited: what it says of its
 * expiry is put right.
 */
export function lateBy({ message, expiresAt }: Item, { now, wall }: Time): number {
  if (expiresAt === undefined) return -Infinity;
  const told = Math.round(wall + expiresAt - now);
  // Its owner knows the message by the object.
  if (message.expiresAt !== undefined && Math.abs(told - message.expiresAt) > TOLERANCE)
    message.expiresAt = told;
  return now - expiresAt;
}
