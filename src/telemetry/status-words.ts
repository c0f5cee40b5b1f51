import type { IngestStatusData } from '../contracts/contract-data.js';
import type { Json } from '../event.js';

/** The name of a status as a device writes it. */
export function statusName({ names = {}, anyCase = false }: IngestStatusData, value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const name = Object.hasOwn(names, text) ? names[text] : undefined;
  return name ?? (anyCase ? text.toUpperCase() : text);
}

/** The reverse: how a status of this name is written. */
export function wireValue({ names = {} }: IngestStatusData, status: string): Json {
  const written = Object.keys(names).find((text) => names[text] === status);
  return written === undefined ? status : (JSON.parse(written) as Json);
}
