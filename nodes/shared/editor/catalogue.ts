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
  parameters: { name: string; description: string; kind: string }[];
  qos: number;
  retain: boolean;
  timeToLive?: number;
  payload: object;
  example: unknown;
  exampleParameters: Record<string, string>;
}

export interface ContractDescription {
  name: string;
  dialect: string;
  prefix: string;
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
  let found = descriptions.get(key);
  if (found === undefined) {
    const url = `gridwire/contracts/${encodeURIComponent(name)}/${encodeURIComponent(dialect)}`;
    found = api<ContractDescription>('GET', url).catch((error: unknown) => {
      descriptions.delete(key);
      throw error;
    });
    descriptions.set(key, found);
  }
  return found;
}
