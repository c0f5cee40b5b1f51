import type { Clock } from '../../clock.js';
import type { RetryData } from '../../contracts/contract-data.js';
import type { GridwireError } from '../../errors.js';
import type { WireMessage } from '../../event.js';
import type { Elsewhere } from './elsewhere.js';
import type { OutboxJournal } from './journal.js';
import type { SentBefore } from './sent-before.js';
import type { OutboxFacts } from './outbox-facts.js';

/** What makes an outbox durable. */
export interface Durable {
  journal: OutboxJournal;
  /** Of the queue, over the deploys; one of its own by default. */
  sentBefore?: SentBefore;
  /** The rule for events that nobody waits for, and that the broker refuses. */
  retry?: RetryData;
  /** Told of events that failed for good and that nobody waits for: letters, and those of an earlier process. Must not throw. */
  onLost: (error: GridwireError, message: WireMessage) => void;
}

/** What an outbox is given from outside. */
export interface Surroundings {
  /** Called after every change of what a status shows; cheap to call, throttle on the other side. */
  onChange?: () => void;
  durable?: Durable;
  /** Knows the node's other queues, which may answer for an event already. */
  elsewhere?: Elsewhere;
  clock?: Clock;
  /** 0 to 1. */
  random?: () => number;
  /** Tells what happens to whoever listens. */
  facts?: OutboxFacts;
}
