import type { GridwireError } from '../../errors.js';
import type { InboundMessage } from '../../event.js';
import type { About } from '../../observe/facts/facts.js';
import type { NewDeadLetter } from '../../store/dead-letter-store.js';

/** Names an event in all its runs, over restarts, as far as its broker can name it. */
export interface Origin {
  key: string;
  /** An earlier run may have left something of this event elsewhere. */
  mayExist: boolean;
}

/**
 * How one attempt at a message ended. `aborted`: whoever worked on it was stopped, which is nobody's fault. `held`:
 * somebody has to decide about it first; it waits for the decision about `by`.
 */
export type Outcome = (
  Done | { kind: 'failed'; error: GridwireError } | { kind: 'aborted' } | { kind: 'held'; by: string }
) & {
  /** What kind of event it was, for those who count. */
  about?: About;
};

export interface Done {
  kind: 'done';
  /** To be kept by the store in the commit that settles the message. */
  deadLetter?: NewDeadLetter;
}

export const DONE: Done = { kind: 'done' };

/** A decision about what is held for one thing; also about what comes to be held before the store has carried it out. */
export interface Decision {
  by: string;
  /** Why it is refused; undefined where it may go on. */
  refusal?: GridwireError;
}

/** What is done with messages. No function may reject, and after `close` none needs to answer. */
export interface Work {
  /** @param attempt 1 for the first */
  process(message: InboundMessage, attempt: number, origin: Origin): Promise<Outcome>;
  /**
   * Takes leave of a message that will not be tried again: its dead letter, or at least its report.
   * @param toStore the other ways have failed as often as may be: the answer should hold a letter for the store
   */
  giveUp(message: InboundMessage, error: GridwireError, origin: Origin, toStore: boolean): Promise<Outcome>;
  /** By what a repetition is recognised; undefined for a message without an id. */
  idOf?: (message: InboundMessage) => string | undefined;
  /** Whether something is known of a message that has to be known at its next attempt, which is then made with the same object. */
  knows?: (message: InboundMessage) => boolean;
  /** Told when the store has been looked into: what other processes left that waits for decisions. */
  heldBefore?: (held: HeldGroup) => void;
  /** Told of what was held and is not any more, though nobody has decided: it was erased, discarded or given up, or goes elsewhere. */
  heldNoMore?: (held: HeldGroup) => void;
}

/** Messages that wait for one decision. */
export interface HeldGroup {
  by: string;
  count: number;
}
