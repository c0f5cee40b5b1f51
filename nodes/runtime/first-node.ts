import type { NodeAPI } from 'node-red';
import { loadLater } from './load-later.js';

let isThere = false;
/** What has not been started, or could not be: it is tried again with each further node. */
let waiting: (() => boolean)[] = [];

/**
 * Starts what has to see everything that happens to nodes (what was lost cannot be found out later), when the first node
 * of this process is created, and before that node does anything. Until then there is nothing to see.
 */
export function fromFirstNodeOn(RED: NodeAPI, start: () => void): void {
  const started = loadLater(start);
  let isTold = false;
  waiting.push(() => {
    try {
      started();
      return true;
    } catch (thrown) {
      // The node works without; whoever runs it has to know that nobody watches.
      if (!isTold) RED.log.error(`[gridwire] ${(thrown as Error).message}`);
      isTold = true;
      return false;
    }
  });
  if (isThere) firstNodeCreated();
}

/** A node has been created, perhaps the first one. */
export function firstNodeCreated(): void {
  isThere = true;
  waiting = waiting.filter((start) => !start());
}
