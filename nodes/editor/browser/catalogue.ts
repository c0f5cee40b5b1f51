import type { AlertRuleData, AlertSetData } from '../../../src/contracts/contract-data.js';
import { api } from './red.js';

export interface ContractEntry {
  name: string;
  title: string;
  description: string;
  prefix: string;
  ingests: boolean;
  dialects: { name: string; title: string }[];
}

export interface TypeEntry {
  name: string;
  title: string;
  description: string;
  role: string;
  topic: string;
  parameters: { name: string; description: string; kind: string; from?: string[]; default?: string }[];
  qos: number;
  retain: boolean;
  timeToLive?: number;
  liveFirst?: boolean;
  payload: object;
  example: unknown;
  exampleParameters: Record<string, string>;
}

export interface ContractDescription {
  name: string;
  dialect: string;
  prefix: string;
  /** Groups of types that can be switched off. */
  switches: { name: string; title: string }[];
  /** Where the contract has an event for measurements beyond a threshold. */
  alerts?: { rules: AlertRuleData[]; severities: string[]; sets: Record<string, AlertSetData> };
  types: TypeEntry[];
}

let list: Promise<ContractEntry[]> | undefined;
const descriptions = new Map<string, Promise<ContractDescription>>();

/** All contracts; asked for once, and again after a failure. */
export function contracts(): Promise<ContractEntry[]> {
  list ??= api<ContractEntry[]>('GET', 'gridwire/contracts').catch((error: unknown) => {
    list = undefined;
    throw error;
  });
  return list;
}

/** The event types of one contract in one dialect. */
export function describe(name: string, dialect: string): Promise<ContractDescription> {
  const key = `${name}/${dialect}`;
  const url = `gridwire/contracts/${encodeURIComponent(name)}/${encodeURIComponent(dialect)}`;
  // A contract of the user's own can change with every deployment.
  if (name.startsWith('node:')) return api<ContractDescription>('GET', url);
  let found = descriptions.get(key);
  if (found === undefined) {
    found = api<ContractDescription>('GET', url).catch((error: unknown) => {
      descriptions.delete(key);
      throw error;
    });
    descriptions.set(key, found);
  }
  return found;
}
