import type { Node, NodeAPI } from 'node-red';
import { systemClock } from '../../src/clock.js';
import { Elsewhere, type OtherQueues } from '../../src/delivery/outbound/elsewhere.js';
import { STORE_TYPE } from '../runtime/config-types.js';
import { ownerIn } from '../runtime/queue-owner.js';
import type { StoreNode, UsableStoreNode } from '../runtime/store-node.js';

/**
 * The queues in which events of a publish node may wait since it had another broker, another store, or a store at all.
 * @param brokers those that it has now
 * @param store where it keeps events now
 */
export function otherQueuesOf(
  RED: NodeAPI,
  node: Node,
  brokers: readonly Node[],
  store: UsableStoreNode | undefined,
): Elsewhere | undefined {
  // Without any store there is no queue of another time, and nobody has to know which event a message belongs to.
  if (storeIdsIn(RED).length === 0) return undefined;
  const present = new Set(brokers.map(({ id }) => id));
  const wasIts = (queue: string): boolean => {
    const owner = ownerIn(queue);
    return owner.kindOfNode === 'publish' && owner.node === node.id;
  };
  // A name of an earlier version has no broker: the node's first one takes it over.
  const isLeft = (queue: string): boolean => {
    const { broker } = ownerIn(queue);
    return wasIts(queue) && broker !== undefined && !present.has(broker);
  };
  return new Elsewhere(
    () =>
      storesIn(RED).map(({ id, connection }): OtherQueues => {
        const isRequired = id === store?.id;
        return { open: () => connection.access(), isOne: isRequired ? isLeft : wasIts, isRequired };
      }),
    systemClock,
  );
}

function storeIdsIn(RED: NodeAPI): string[] {
  const ids: string[] = [];
  RED.nodes.eachNode(({ id, type }) => {
    if (type === STORE_TYPE) ids.push(id);
  });
  return ids;
}

function storesIn(RED: NodeAPI): UsableStoreNode[] {
  return storeIdsIn(RED).flatMap((id) => {
    const found = RED.nodes.getNode(id) as StoreNode | null;
    return found?.connection === undefined ? [] : [found as UsableStoreNode];
  });
}
