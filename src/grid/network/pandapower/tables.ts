import { GridwireError } from '../../../errors.js';

/** One row of a pandapower table; `index` is its number there. */
export type Row = Record<string, unknown> & { index: number };

export interface Tables {
  name: string;
  baseMva: number;
  frequencyHz: number;
  /** Columns of the table, to tell a missing column from an empty cell. */
  has(table: string, column: string): boolean;
  rows(table: string): Row[];
}

/** Longest document that is read. */
export const MAXIMUM_JSON_LENGTH = 64 * 1024 * 1024;

type Json = Record<string, unknown>;

/**
 * Reads what `pandapower.to_json` writes (data frames in "split" orientation, as objects or as text within the
 * text), or the same tables as plain lists of records with an `id`.
 *
 * @throws GridwireError NETWORK_INVALID when the text is neither
 */
export function readPandapower(text: string): Tables {
  if (text.length > MAXIMUM_JSON_LENGTH) {
    throw refuse(`the document is longer than ${MAXIMUM_JSON_LENGTH / 1024 / 1024} MB`);
  }
  const document = parse(text);
  const net = isObject(document._object) ? document._object : document;
  const frames = new Map<string, { columns: Set<string>; rows: Row[] }>();
  for (const [name, value] of Object.entries(net)) {
    const rows = readRows(name, value);
    if (rows !== undefined) frames.set(name, { columns: new Set(rows.flatMap(Object.keys)), rows });
  }
  if (!frames.has('bus')) throw refuse('it has no bus table');
  return {
    name: typeof net.name === 'string' && net.name !== '' ? net.name : 'pandapower',
    baseMva: typeof net.sn_mva === 'number' ? net.sn_mva : 1,
    frequencyHz: typeof net.f_hz === 'number' ? net.f_hz : 50,
    has: (table, column) => frames.get(table)?.columns.has(column) ?? false,
    rows: (table) => frames.get(table)?.rows ?? [],
  };
}

function parse(text: string): Json {
  try {
    const document: unknown = JSON.parse(text);
    if (isObject(document)) return document;
  } catch (error) {
    throw refuse('the text is not JSON', error);
  }
  throw refuse('the document is not an object');
}

function readRows(table: string, value: unknown): Row[] | undefined {
  if (Array.isArray(value)) {
    if (!value.every(isObject)) return undefined;
    return value.map((row, index) => ({ ...row, index: typeof row.id === 'number' ? row.id : index }));
  }
  if (!isObject(value) || value._class !== 'DataFrame') return undefined;
  const frame = typeof value._object === 'string' ? parse(value._object) : value._object;
  if (!isObject(frame)) throw refuse(`table ${table} is not a data frame in split orientation`);
  const { columns, index, data } = frame;
  if (!Array.isArray(columns) || !Array.isArray(index) || !Array.isArray(data)) {
    throw refuse(`table ${table} is not a data frame in split orientation`);
  }
  return data.map((cells: unknown, at): Row => {
    const row: Row = { index: Number(index[at]) };
    if (!Array.isArray(cells)) throw refuse(`table ${table} has a row that is not a list`);
    columns.forEach((column, c) => {
      row[String(column)] = cells[c] as unknown;
    });
    return row;
  });
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function refuse(problem: string, cause?: unknown): GridwireError {
  return new GridwireError('NETWORK_INVALID', `The pandapower network is not usable: ${problem}.`, {
    cause,
    details: { element: 'document', problem },
  });
}
