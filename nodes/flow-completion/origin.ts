import { createHash } from 'node:crypto';
import { systemClock, toWall } from '../../src/clock.js';
import { PassingMap } from '../../src/passing-map.js';
import { receiptOf } from './receipt.js';
import type { FlowMessage } from './node-red.js';
import type { TrackedMessage } from './tracked-message.js';

/** The event of a source behind a message: what a node that keeps messages needs to keep each of them once. */
export interface Origin {
  /** Names the event, the same in each of its runs, over restarts; a digest, so any store takes it. */
  readonly key: string;
  /** Whether an earlier run of this event may have left something under this key. */
  readonly mayExist: boolean;
  /** How many messages of this event this run has brought to a place before, a node or a topic of it: 0, 1, 2 and so on. */
  next(place: string): number;
}

/** What a source knows of the event that it sends. Its key may be computed when somebody asks. */
export interface EventOrigin {
  readonly key: string;
  readonly mayExist: boolean;
}

/** Runs that ended without success, remembered because their messages may still be under way; the oldest go first. */
const MOST_ENDED = 10_000;

interface Run {
  origin: EventOrigin;
  visits: Map<string, number>;
  /** Several events were joined: what each of them brought to a node by itself counts for none of what they bring now. */
  isJoined: boolean;
}

/** By receipt, which no two runs of any runtime share. */
const underWay = new PassingMap<string, TrackedMessage>();
const ended = new PassingMap<string, Run>();

/**
 * The event that a message belongs to, found by the receipt on it; undefined for a message that comes from no source,
 * or from one whose settlement does not wait for the flow. A message that several events were joined into has an
 * origin of its own, which is the same as long as it is made of the same events.
 */
export function originOf(message: object): Origin | undefined {
  const receipt = receiptOf(message as FlowMessage);
  if (receipt === undefined) return undefined;
  const tracked = underWay.get(receipt);
  const run = tracked === undefined ? ended.get(receipt) : runOf(tracked);
  if (run === undefined) return undefined;
  const { origin, visits, isJoined } = run;
  return {
    // Where nothing is kept, nobody asks for it.
    get key() {
      return origin.key;
    },
    mayExist: origin.mayExist,
    next(place) {
      const visit = isJoined ? `${origin.key} ${place}` : place;
      const before = visits.get(visit) ?? 0;
      visits.set(visit, before + 1);
      return before;
    },
  };
}

/**
 * When what was made of an event expires that says so as its event does: as the machine's clock has it now, which may
 * have been set since the flow got the message.
 */
export function expiryNow(message: object, expiresAt: number): number {
  const receipt = receiptOf(message as FlowMessage);
  const expiry = receipt === undefined ? undefined : underWay.get(receipt)?.options.expiry;
  return expiry?.told === expiresAt ? Math.round(toWall(systemClock, expiry.deadline)) : expiresAt;
}

export function originBegins(message: TrackedMessage): void {
  if (message.options.origin !== undefined) underWay.set(message.receipt, message);
}

/** @param succeeded the flow has finished with the event, so nothing of it will be brought again */
export function originEnds(message: TrackedMessage, succeeded: boolean): void {
  if (!underWay.delete(message.receipt) || succeeded) return;
  const run = runOf(message);
  if (run === undefined) return;
  ended.set(message.receipt, { ...run, origin: laterOf(run.origin) });
  ended.keepTo(MOST_ENDED);
}

/** Of a late message: the next run may have left something meanwhile. */
function laterOf(origin: EventOrigin): EventOrigin {
  return {
    get key() {
      return origin.key;
    },
    mayExist: true,
  };
}

function runOf({ bundle, options }: TrackedMessage): Run | undefined {
  const visits = (bundle.visits ??= new Map<string, number>());
  if (bundle.size <= 1) return options.origin && { origin: options.origin, visits, isJoined: false };
  const origins = bundle.messages.flatMap((each) => each.options.origin ?? []);
  // One of several whose origin is not known: nobody can say whether it is the same next time.
  if (origins.length < bundle.size) return undefined;
  const keys = origins.map(({ key }) => key).sort();
  const key = createHash('sha256').update(keys.join(' ')).digest('base64url');
  const mayExist = origins.some((each) => each.mayExist);
  return { origin: { key, mayExist }, visits, isJoined: true };
}
