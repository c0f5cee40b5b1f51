import type { NodeAPI } from 'node-red';
import { SentBefore } from '../../src/delivery/outbound/sent-before.js';

/** Queues that are remembered in a runtime; the oldest give way. */
const MOST = 1_000;

/** By the events of a runtime, which all node sets share. */
const known = new WeakMap<object, Map<string, SentBefore>>();

/** What a queue has sent lately, over the deploys that make its outbox anew. */
export function sentBeforeOf(RED: Pick<NodeAPI, 'events'>, store: string, queue: string): SentBefore {
  let queues = known.get(RED.events);
  if (queues === undefined) known.set(RED.events, (queues = new Map<string, SentBefore>()));
  const name = JSON.stringify([store, queue]);
  const sent = queues.get(name) ?? new SentBefore();
  queues.delete(name);
  queues.set(name, sent);
  const [oldest] = queues.keys();
  if (queues.size > MOST && oldest !== undefined) queues.delete(oldest);
  return sent;
}
