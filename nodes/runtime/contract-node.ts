import type { Node, NodeAPI } from 'node-red';
import { builtInContract } from '../../src/contracts/library/built-in.js';
import type { ContractData } from '../../src/contracts/contract-data.js';
import { GridwireError } from '../../src/errors.js';

/** What a node's `contract` setting holds where the contract is one of the user's own. */
export const OWN_CONTRACT = 'own';

/** What a `gridwire-contract` config node offers; `data` is absent when its settings are invalid. */
export interface ContractNode extends Node {
  data?: ContractData;
}

/**
 * A built-in contract by its name, or a deployed one of the user's own as `node:<id of its config node>`.
 * @throws GridwireError `CONTRACT_UNKNOWN`
 */
export function contractData(RED: NodeAPI, name: string): ContractData {
  const id = /^node:(.+)$/.exec(name)?.[1];
  if (id === undefined) return builtInContract(name);
  const data = (RED.nodes.getNode(id) as ContractNode | null)?.data;
  if (data !== undefined) return data;
  throw new GridwireError('CONTRACT_UNKNOWN', 'There is no such contract among the deployed nodes.');
}
