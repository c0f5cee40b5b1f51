import type { Node } from 'node-red';
import type { Place } from '../../src/observe/facts/facts.js';
import type { UsableBrokerNode } from './broker-node.js';

/** How facts name a node, and its broker. */
export function placeOf(node: Node, brokerNode?: UsableBrokerNode): Place {
  const { id } = node;
  if (brokerNode === undefined) return { node: called(node), id };
  const { broker } = brokerNode;
  return { node: called(node), id, broker: called(brokerNode), brokerId: brokerNode.id, system: broker.kind };
}

/** What people call a node. */
export function called({ name, id }: Pick<Node, 'name' | 'id'>): string {
  return name === undefined || name === '' ? id : name;
}
