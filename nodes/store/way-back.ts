import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Broker } from '../../src/brokers/broker.js';
import type { Contract } from '../../src/contracts/contract.js';
import { GridwireError } from '../../src/errors.js';
import type { Place } from '../../src/observe/facts/facts.js';
import { brokerSetting } from '../runtime/broker-node.js';
import { contractSetting } from '../fields/contract-setting.js';
import { placeOf } from '../runtime/place.js';
import { Settings } from '../runtime/settings.js';

/** Nodes that know where the letters of a store belong: they have a broker and a contract. */
const TYPES = ['gridwire-replay', 'gridwire-dlq'];

interface WayConfig extends NodeDef {
  store?: unknown;
  broker?: unknown;
  contract?: unknown;
}

/** How letters go back: by the broker and the contract of a deployed node. */
export interface WayBack {
  /** The node whose way it is. */
  place: Place;
  broker: Broker;
  contract: Contract | undefined;
}

/** The deployed nodes through which letters of a store can be sent back. */
export function waysBack(RED: NodeAPI, store: string): object[] {
  return configs(RED, store).map(({ id, type, name, broker, contract }) => {
    const brokerNode = typeof broker === 'string' ? (RED.nodes.getNode(broker) as Node | null) : null;
    return { id, type, name, broker: brokerNode?.name ?? broker, contract };
  });
}

/** @throws GridwireError `SETTING_INVALID` when there is no such node, or when its own settings cannot work */
export function wayBack(RED: NodeAPI, store: string, id: string | undefined): WayBack {
  const config = configs(RED, store).find((each) => each.id === id);
  const node = config && (RED.nodes.getNode(config.id) as Node | null);
  if (!node) {
    throw new GridwireError(
      'SETTING_INVALID',
      'Choose a deployed event replay or dlq node that uses this store: letters go back by its broker and contract.',
    );
  }
  const settings = new Settings(RED, node, config);
  const brokerNode = brokerSetting(settings);
  const contract = contractSetting(settings, brokerNode?.topicPrefix ?? '');
  settings.finish();
  if (brokerNode === undefined)
    throw new GridwireError('INTERNAL', 'A broker that cannot work was accepted.');
  return { place: placeOf(node, brokerNode), broker: brokerNode.broker, contract };
}

function configs(RED: NodeAPI, store: string): WayConfig[] {
  const found: WayConfig[] = [];
  RED.nodes.eachNode((config: WayConfig) => {
    // A node inside a subflow's definition is none that runs.
    const runs = (RED.nodes.getNode(config.id) as Node | null) !== null;
    if (runs && TYPES.includes(config.type) && config.store === store) found.push(config);
  });
  return found;
}
