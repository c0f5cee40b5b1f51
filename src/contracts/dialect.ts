import { GridwireError } from '../errors.js';
import type { Json } from '../event.js';
import type { ContractData } from './contract-data.js';
import { mergePatch } from './json/merge-patch.js';

/** The data of a contract with a dialect's patch in it. @throws GridwireError `CONTRACT_UNKNOWN` */
export function inDialect(data: ContractData, dialect: string): ContractData {
  if (dialect === 'documented') return data;
  const variant = Object.hasOwn(data.dialects, dialect) ? data.dialects[dialect] : undefined;
  if (variant === undefined) {
    throw new GridwireError(
      'CONTRACT_UNKNOWN',
      `The contract ${data.name} has no dialect "${dialect}". It has: ${['documented', ...Object.keys(data.dialects)].join(', ')}.`,
    );
  }
  return mergePatch(data as unknown as Json, variant.patch) as unknown as ContractData;
}
