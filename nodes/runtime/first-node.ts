import type { NodeAPI } from 'node-red';
import type * as NotLoaded from './not-loaded.js';

let isThere = false;
const waiting: (() => void)[] = [];

/**
 * Starts what has to see everything that happens to nodes (what was lost cannot be found out later), when the first node
 * of this process is created, and before that node does anything. Until then there is nothing to see.
 */
export function fromFirstNodeOn(RED: NodeAPI, start: () => void): void {
  const started = (): void => {
    try {
      start();
    } catch (thrown) {
      // The node works without; whoever runs it has to know that nobody watches.
      const { notLoaded } = require('./not-loaded.js') as typeof NotLoaded;
      RED.log.error(`[gridwire] ${notLoaded(thrown).message}`);
    }
  };
  if (isThere) started();
  else waiting.push(started);
}

/** A node has been created. */
export function firstNodeCreated(): void {
  isThere = true;
  for (const start of waiting.splice(0)) start();
}
