import type { Node } from 'node-red';
import type { Broker } from '../../src/brokers/broker.js';
import type { Settings } from './settings.js';
import { BROKER_TYPE } from './config-types.js';

/** What a `gridwire-broker` config node offers to the nodes that use it. */
export interface BrokerNode extends Node {
  /** Absent when the broker's own settings are invalid. */
  broker?: Broker;
  /** Replaces the prefix of contracts, and stands before bare topics. */
  topicPrefix: string;
  /** Counts users: the first connects, the last one disconnects. */
  acquire(user: Node): void;
  release(user: Node): Promise<void>;
}

export type UsableBrokerNode = BrokerNode & { broker: Broker };

/** Listeners to one kind of event: those of the broker's own node and what Node allows others, and of each node that uses it. */
const OWN_LISTENERS = 10;
const USER_LISTENERS = 4;

/** Eleven listeners are no leak where as many nodes use a broker; more than those nodes can have are, and Node says so. */
export function makeRoomFor(broker: Broker, users: number): void {
  broker.setMaxListeners(OWN_LISTENERS + USER_LISTENERS * users);
}

/** The broker a node's settings name; books a fault if there is none, or if it cannot work itself. */
export function brokerSetting(settings: Settings, field = 'broker'): UsableBrokerNode | undefined {
  const node = settings.configNode<BrokerNode>(field, BROKER_TYPE, 'a broker');
  if (node === undefined) return undefined;
  if (node.broker === undefined) {
    settings.fault(
      field,
      `the broker "${node.name ?? node.id}" has invalid settings; its own error says which.`,
    );
    return undefined;
  }
  return node as UsableBrokerNode;
}
