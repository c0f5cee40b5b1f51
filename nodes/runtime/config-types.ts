// The types of the nodes that other nodes share; they stand in no flow.
export const BROKER_TYPE = 'gridwire-broker';
export const CONTRACT_TYPE = 'gridwire-contract';
export const DEVICES_TYPE = 'gridwire-devices';
export const STORE_TYPE = 'gridwire-store';

export const CONFIG_TYPES: ReadonlySet<string> = new Set([
  BROKER_TYPE,
  CONTRACT_TYPE,
  DEVICES_TYPE,
  STORE_TYPE,
]);
