import type { Delivery } from '../brokers/broker.js';
import type { RetryData } from '../contracts/contract-data.js';
import { GridwireError } from '../errors.js';
import type { InboundMessage } from '../event.js';
import { retryDelay, verdictOn } from './retry-rule.js';

/** How one attempt at a message ended. `aborted`: whoever worked on it was stopped, which is nobody's fault. */
export type Outcome = { kind: 'done' } | { kind: 'failed'; error: GridwireError } | { kind: 'aborted' };

export const DONE: Outcome = { kind: 'done' };

/** What is done with messages. Neither function may reject, and after `close` neither needs to answer. */
export interface Work {
  /** @param attempt 1 for the first */
  process(message: InboundMessage, attempt: number): Promise<Outcome>;
  /** Takes leave of a message that will not be tried again: its dead letter, or at least its report. */
  giveUp(message: InboundMessage, error: GridwireError): Promise<Outcome>;
}

export interface SettlementOptions {
  retry: RetryData;
  /** Acknowledge before the work begins: what the work then loses is lost. */
  onReceipt: boolean;
}

/** A message in hand. */
interface Item {
  message: InboundMessage;
  delivery: Delivery;
  /** Attempts made that count against the message. */
  attempts: number;
}

/** Before something that was stopped is tried again: whoever stopped it is starting its successor. */
const AFTER_ABORT = 100;

/**
 * Between a broker's deliveries and the work on them: acknowledges a message when its work has been done, tries again
 * what failed, and gives up what cannot succeed. It never acknowledges what is neither done nor given up, so that a
 * process that dies at any moment is sent everything again that it had not finished.
 */
export class Settlement {
  private readonly timers = new Set<NodeJS.Timeout>();
  private closed = false;

  constructor(
    private readonly work: Work,
    private readonly options: SettlementOptions,
  ) {}

  /** Failed messages that wait here for their next attempt. */
  get waiting(): number {
    return this.timers.size;
  }

  take(delivery: Delivery): void {
    if (this.closed) return;
    if (this.options.onReceipt) delivery.settle('ack');
    void this.attempt({ message: delivery.message, delivery, attempts: 0 });
  }

  /** Settles nothing any more: what is unfinished stays with its broker. */
  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private async attempt(item: Item): Promise<void> {
    const outcome = await this.work.process(item.message, item.attempts + 1);
    if (this.closed) return;
    if (outcome.kind === 'done') item.delivery.settle('ack');
    else if (outcome.kind === 'aborted') this.later(item, AFTER_ABORT);
    else await this.failed(item, outcome.error);
  }

  private async failed(item: Item, error: GridwireError): Promise<void> {
    const { retry } = this.options;
    const verdict = verdictOn(error);
    if (verdict !== 'wait') item.attempts += 1;
    if (verdict === 'never' || item.attempts >= retry.attempts) await this.giveUp(item, error, verdict);
    else this.later(item, retryDelay(retry, item.attempts));
  }

  private async giveUp(item: Item, cause: GridwireError, verdict: string): Promise<void> {
    const error = verdict === 'never' ? cause : exhausted(cause, item.attempts);
    const outcome = await this.work.giveUp(item.message, error);
    if (this.closed) return;
    if (outcome.kind === 'done') item.delivery.settle('ack');
    else this.later(item, retryDelay(this.options.retry, item.attempts));
  }

  private later(item: Item, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.attempt(item);
    }, milliseconds);
    this.timers.add(timer);
  }
}

function exhausted(cause: GridwireError, attempts: number): GridwireError {
  return new GridwireError(
    'RETRIES_EXHAUSTED',
    `Given up after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}: ${cause.message}`,
    { cause, details: { attempts, code: cause.code } },
  );
}
