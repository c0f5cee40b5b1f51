import type { Node } from 'node-red';
import type { RetryData } from '../../src/contracts/contract-data.js';
import { type Durable, StoreJournal } from '../../src/delivery/outbox-journal.js';
import { DEFAULT_OUTBOX } from '../../src/delivery/outbox-limits.js';
import type { UsableStoreNode } from '../shared/store-node.js';

/** The node's outbox in a store. Its name is the node's id, so that a restart and a deploy find what was left. */
export function durableIn(
  { connection }: UsableStoreNode,
  node: Node,
  count: number,
  retry: RetryData | undefined,
): Durable {
  const limits = { count, bytes: DEFAULT_OUTBOX.maxBytes };
  return {
    journal: new StoreJournal(async () => (await connection.access()).outbox, `publish ${node.id}`, limits),
    ...(retry === undefined ? {} : { retry }),
    onLost: (error, { topic }) =>
      node.error(`An event for ${topic} that an earlier run had kept was not delivered: ${error.message}`, {
        topic,
      }),
  };
}
