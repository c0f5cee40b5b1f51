import type { Node } from 'node-red';
import type { RetryData } from '../../src/contracts/contract-data.js';
import type { Durable } from '../../src/delivery/outbound/backlog.js';
import { StoreJournal } from '../../src/delivery/outbound/outbox-journal.js';
import type { GridwireError } from '../../src/errors.js';
import type { UsableStoreNode } from '../runtime/store-node.js';

/**
 * What keeps a node's outbox in a store.
 * @param queue made of the node's id, so that a restart and a deploy find what was left
 * @param lost says what it means that an event failed for good after its sender had left
 */
export function durableIn(
  { connection }: UsableStoreNode,
  node: Node,
  queue: string,
  retry: RetryData | undefined,
  lost: (topic: string, error: GridwireError) => string,
): Durable {
  return {
    journal: new StoreJournal(() => connection.access(), queue),
    ...(retry === undefined ? {} : { retry }),
    onLost: (error, { topic }) => node.error(lost(topic, error), { topic }),
  };
}
