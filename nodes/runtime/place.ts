import type { Node } from 'node-red';
import type { Place } from '../../src/observe/facts/facts.js';
import type { UsableBrokerNode } from './broker-node.js';

/** How facts name a node, and its broker. All of its facts share it, and so do those who listen: none may change it. */
export function placeOf(node: Node, brokerNode?: UsableBrokerNode): Place {
  const { id } = node;
  if (brokerNode === undefined) return Object.freeze({ node: called(node), id });
  const { id: brokerId, broker } = brokerNode;
  const { kind: system } = broker;
  return Object.freeze({ node: called(node), id, broker: called(brokerNode), brokerId, system });
}

/** What people call a node. */
export function called({ name, id }: Pick<Node, 'name' | 'id'>): string {
  return name === undefined || name === '' ? id : name;
}
