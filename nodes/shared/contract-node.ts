import type { Node } from 'node-red';
import type { ContractData } from '../../src/contracts/contract-data.js';

export const CONTRACT_TYPE = 'gridwire-contract';

/** What a node's `contract` setting holds where the contract is one of the user's own. */
export const OWN_CONTRACT = 'own';

/** What a `gridwire-contract` config node offers; `data` is absent when its settings are invalid. */
export interface ContractNode extends Node {
  data?: ContractData;
}
