import type { RetryData } from '../contracts/contract-data.js';
import type { GridwireError } from '../errors.js';

/** For events of no contract. */
export const DEFAULT_RETRY: RetryData = { attempts: 3, delay: 1000, factor: 2, maximumDelay: 60_000 };

/**
 * What a failure means for a message. `again`: it is tried again, as often as its contract says. `wait`: something
 * else is away (a broker, a store), which says nothing about the message, so this does not count as an attempt.
 * `never`: it cannot succeed, and becomes a dead letter at once.
 */
export type Verdict = 'again' | 'wait' | 'never';

/** A fault that a flow raises without a class of its own may go away or not; trying tells. */
const UNCLASSIFIED: readonly string[] = ['FLOW_FAILED', 'INTERNAL'];

export function verdictOn(error: GridwireError): Verdict {
  if (UNCLASSIFIED.includes(error.code)) return 'again';
  return error.fault === 'transient' ? 'wait' : 'never';
}

/** Of several failures of one message, the one that decides: the most final one. */
export function decisive(errors: readonly GridwireError[]): GridwireError | undefined {
  const order: Verdict[] = ['never', 'again', 'wait'];
  return [...errors].sort((a, b) => order.indexOf(verdictOn(a)) - order.indexOf(verdictOn(b)))[0];
}

/**
 * Milliseconds to wait after a failed attempt. A quarter is random, so that what failed together does not come back
 * together.
 * @param attempts how many have been made
 * @param random from 0 to 1
 */
export function retryDelay(
  { delay, factor, maximumDelay }: RetryData,
  attempts: number,
  random = Math.random,
): number {
  return scattered(Math.min(delay * factor ** Math.max(0, attempts - 1), maximumDelay), random);
}

/**
 * The same for a message that waits for something else to come back: by a factor of 2 as long again as it has waited,
 * so that the many that wait through an outage do not wear out the machine.
 * @param waited milliseconds since it first had to wait
 * @param random from 0 to 1
 */
export function outageDelay(
  { delay, factor, maximumDelay }: RetryData,
  waited: number,
  random = Math.random,
): number {
  return scattered(Math.min(Math.max(delay, waited * (factor - 1)), maximumDelay), random);
}

function scattered(wait: number, random: () => number): number {
  return wait * (0.75 + random() / 4);
}
