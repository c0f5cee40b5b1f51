import type { NodeAPI } from 'node-red';
import type { WireMessage } from '../../src/event.js';

/** What holds messages in memory. */
export interface Memory {
  /** Gives up what names a subject that is to be forgotten. @returns how many messages */
  erase(names: (message: WireMessage) => boolean): number;
}

/** By the events of a runtime, which all node sets share. */
const memories = new WeakMap<object, Map<Memory, string | undefined>>();

/**
 * The outboxes and inboxes of a runtime, each with the id of its store, if it has one. Whoever forgets a subject in a
 * store has to ask those of that store, and all that have none.
 */
export function memoriesOf(RED: Pick<NodeAPI, 'events'>): Map<Memory, string | undefined> {
  let known = memories.get(RED.events);
  if (known === undefined) memories.set(RED.events, (known = new Map<Memory, string | undefined>()));
  return known;
}
