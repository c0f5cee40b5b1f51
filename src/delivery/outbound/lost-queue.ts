import type { Holdings } from './holdings.js';

/**
 * Another process has taken the queue, since this one seemed dead: what waits is sent there, and whoever waits for
 * it here learns that it is kept.
 */
export function loseQueue(holdings: Holdings): void {
  for (const item of holdings.all())
    if (item.state === 'waiting' || item.state === 'left') holdings.end(item, { kind: 'kept' });
    else if (item.state === 'underWay') item.fate = { kind: 'kept' };
  holdings.backlog?.lost();
}
