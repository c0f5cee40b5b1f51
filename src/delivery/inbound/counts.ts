import type { Item } from './item.js';

/** Whether the flow has it, or its end is being written down. */
export function isInHand({ state }: Item): boolean {
  return state === 'working' || state === 'rejected' || state === 'writing';
}

export function inHand(items: Iterable<Item>): number {
  let count = 0;
  for (const item of items) if (isInHand(item)) count += 1;
  return count;
}

/** Those whose row has come into the store since it was counted. */
export function withNewRow(items: Iterable<Item>): number {
  let count = 0;
  for (const { hasRow, resumed, atBroker: isThere } of items) if (hasRow && !resumed && !isThere) count += 1;
  return count;
}

/** Those that their broker waits for. */
export function atBroker(items: Iterable<Item>): Item[] {
  return [...items].filter((item) => item.atBroker);
}

/** Since when the flow has what it has had longest; undefined where it has nothing. */
export function workingSince(items: Iterable<Item>): number | undefined {
  for (const { state, since } of items) if (state === 'working') return since;
  return undefined;
}

/** Messages that wait in memory for a decision, and whose broker waits with them. */
export function heldAtBroker(items: Iterable<Item>): number {
  let count = 0;
  for (const item of items) if (item.state === 'held' && item.atBroker) count += 1;
  return count;
}
