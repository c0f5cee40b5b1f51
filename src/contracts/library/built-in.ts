import { GridwireError } from '../../errors.js';
import { batteryHawk } from '../battery-hawk/contract.js';
import { celineDt } from '../celine-dt/contract.js';
import type { ContractData } from '../contract-data.js';
import { ecogridEms } from '../ecogrid-ems/contract.js';
import { powergrid } from '../powergrid/contract.js';
import { taylordash } from '../taylordash/contract.js';

/** The contracts that come with Gridwire, by name. */
export const contracts: Readonly<Record<string, ContractData>> = {
  [ecogridEms.name]: ecogridEms,
  [celineDt.name]: celineDt,
  [taylordash.name]: taylordash,
  [powergrid.name]: powergrid,
  [batteryHawk.name]: batteryHawk,
};

/** @throws GridwireError `CONTRACT_UNKNOWN` */
export function builtInContract(name: string): ContractData {
  const data = Object.hasOwn(contracts, name) ? contracts[name] : undefined;
  if (data === undefined) {
    throw new GridwireError(
      'CONTRACT_UNKNOWN',
      `There is no contract "${name}". Built in are: ${Object.keys(contracts).join(', ')}.`,
    );
  }
  return data;
}
