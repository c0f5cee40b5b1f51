import type { Node } from 'node-red';

/** Whose outbox it is: a queue belongs to a node and a broker, and nothing in it ever goes to another broker. */
export interface QueueOwner {
  node: Node;
  brokerNode: Node;
  kind: 'publish' | 'dlq';
}

/** The name of the queue in a store. */
export function queueOf({ node, brokerNode, kind }: QueueOwner): string {
  return `${kind} ${node.id} to ${brokerNode.id}`;
}

/** The node and the broker that the name of a queue names; the broker is not in names of earlier versions. */
export function ownerIn(queue: string): { kindOfNode: string; node: string; broker: string | undefined } {
  const found = /(publish|dlq) (\S+)(?: to (\S+))?$/.exec(queue);
  return {
    kindOfNode: found?.[1] ?? '',
    node: found?.[2] ?? queue.split(' ').at(-1) ?? '',
    broker: found?.[3],
  };
}
