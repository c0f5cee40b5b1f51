import type { Node, NodeAPI } from 'node-red';
import type { EventStore } from '../../src/store/event-store.js';
import type { QueueSummary } from '../../src/store/queue-stores.js';
import type { LiveOutboxes } from '../runtime/live-outboxes.js';
import { ownerIn } from '../runtime/queue-owner.js';

/** So many queues are named in the log; of the others only the number is told. */
const NAMED = 5;

/** What waits in a store for a node that is not deployed (deleted, disabled, with another broker or store). */
export interface Orphan extends QueueSummary {
  kind: 'outbox' | 'parked';
  /** `publish` or `dlq`, of an outbox. */
  kindOfNode: string;
  node: string;
  /** For which broker it waits, where that is known. It is never sent to another one. */
  broker: string | undefined;
}

/** The queues of this process in which something waits that no deployed node works on. */
export async function orphansIn(RED: NodeAPI, store: EventStore, live: LiveOutboxes): Promise<Orphan[]> {
  const outbox = (await store.outbox.queues()).map((queue) => ({ ...queue, kind: 'outbox' as const }));
  const parked = (await store.parked.queues()).map((queue) => ({ ...queue, kind: 'parked' as const }));
  const found: Orphan[] = [];
  for (const summary of [...outbox, ...parked]) {
    const local = store.localQueue(summary.queue);
    if (local === undefined) continue;
    const owner = ownerIn(local);
    const isOwned =
      summary.kind === 'outbox'
        ? (await live.of(store, summary.queue)) !== undefined || isTakenOver(live, owner)
        : (RED.nodes.getNode(owner.node) as Node | null) !== null;
    if (!isOwned) found.push({ ...summary, ...owner });
  }
  return found;
}

/** A name of an earlier version, which knew no broker: the node's present broker takes it over as the node starts. */
function isTakenOver(live: LiveOutboxes, { node, broker }: ReturnType<typeof ownerIn>): boolean {
  return broker === undefined && live.all().some(({ owner }) => owner.node.id === node);
}

/** One line for the log; undefined if there is nothing to tell. */
export function orphansText(RED: NodeAPI, orphans: readonly Orphan[]): string | undefined {
  const count = orphans.reduce((sum, orphan) => sum + orphan.count, 0);
  if (count === 0) return undefined;
  const most = [...orphans].sort((one, other) => other.count - one.count).slice(0, NAMED);
  const named = most.map(
    ({ count: each, queue, broker }) => `${each} in "${queue}"${brokerText(RED, broker)}`,
  );
  const others = orphans.length - named.length;
  return RED._('gridwire-store.log.orphans', {
    count,
    queues: named.join(', ') + (others > 0 ? `, +${others}` : ''),
  });
}

function brokerText(RED: NodeAPI, broker: string | undefined): string {
  const node = broker === undefined ? null : (RED.nodes.getNode(broker) as Node | null);
  return node === null || (node.name ?? '') === '' ? '' : ` (${node.name})`;
}
