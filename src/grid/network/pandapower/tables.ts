import { KNOWN } from './columns.js';
import { isObject, parseJson, type Json } from './json.js';
import { refuse } from './refuse.js';

/** One row of a pandapower table; `index` is its number there. */
export type Row = Record<string, unknown> & { index: number; table: string };

export interface Tables {
  name: string;
  baseMva: number;
  frequencyHz: number;
  saysFrequency: boolean;
  /** Version of pandapower that wrote the file, as numbers; undefined where it does not say. */
  version: readonly number[] | undefined;
  /** `user_pf_options`: the settings that the network carries for its power flow. */
  options: Readonly<Record<string, unknown>>;
  names(): string[];
  columns(table: string): string[];
  /** To tell a missing column from an empty cell. */
  has(table: string, column: string): boolean;
  rows(table: string): Row[];
}

/**
 * Reads what `pandapower.to_json` writes (data frames in "split" orientation, as objects or as text within the
 * text), or the same tables as plain lists of records with an `id`.
 *
 * @throws GridwireError NETWORK_INVALID when the text is neither
 */
export function readTables(text: string): Tables {
  const document = parseJson(text);
  const net = isObject(document._object) ? document._object : document;
  const frames = new Map<string, { columns: Set<string>; rows: Row[] }>();
  for (const [name, value] of Object.entries(net)) {
    const frame = readFrame(name, value);
    if (frame !== undefined) frames.set(name, frame);
  }
  if (!frames.has('bus')) throw refuse(`it has no bus table; ${whatItIs(net)}`);
  return {
    name: typeof net.name === 'string' && net.name !== '' ? net.name : 'pandapower',
    baseMva: setting(net, 'sn_mva', 1),
    frequencyHz: setting(net, 'f_hz', 50),
    saysFrequency: net.f_hz !== undefined && net.f_hz !== null,
    version: readVersion(net),
    options: isObject(net.user_pf_options) ? net.user_pf_options : {},
    names: () => [...frames.keys()],
    columns: (table) => [...(frames.get(table)?.columns ?? [])],
    has: (table, column) => frames.get(table)?.columns.has(column) ?? false,
    rows: (table) => frames.get(table)?.rows ?? [],
  };
}

/** What to do with JSON of another kind. */
function whatItIs(net: Json): string {
  if (Array.isArray(net.buses))
    return 'a network in the form of this package is no file to be read: write it as "network" into the environment';
  return 'what pandapower.to_json writes is read, and no JSON of other programs: open it in pandapower (pandapower.converter), and save it from there';
}

function setting(net: Json, name: string, fallback: number): number {
  const value = net[name] ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw refuse(`${name} must be a number greater than zero, found ${JSON.stringify(value).slice(0, 60)}`);
}

/** Before 2.0, powers were kW and generators counted as consumption: nothing there means what it says today. */
function readVersion(net: Json): readonly number[] | undefined {
  const text = net.version ?? net.format_version;
  const [, major, minor] =
    /^(\d{1,6})(?:\.(\d{1,6}))?/.exec(
      typeof text === 'number' ? String(text) : typeof text === 'string' ? text : '',
    ) ?? [];
  if (major === undefined) return undefined;
  if (Number(major) < 2) {
    throw refuse(
      `it was written by pandapower ${major}, which counted in kW; open it with pandapower 2 or 3 and save it`,
    );
  }
  return [Number(major), Number(minor ?? 0)];
}

function readFrame(table: string, value: unknown): { columns: Set<string>; rows: Row[] } | undefined {
  if (Array.isArray(value)) {
    if (!value.every(isObject)) return undefined;
    const rows = value.map((row, at): Row => ({
      ...row,
      index: row.id === undefined ? at : rowNumber(row.id),
      table,
    }));
    return { columns: new Set(value.flatMap(Object.keys)), rows };
  }
  if (!isObject(value) || value._class !== 'DataFrame') return undefined;
  const frame = typeof value._object === 'string' ? parseJson(value._object) : value._object;
  if (!isObject(frame)) throw refuse(`table ${table} is not a data frame in split orientation`);
  const { columns, index, data } = frame;
  if (!Array.isArray(columns) || !Array.isArray(index) || !Array.isArray(data)) {
    throw refuse(`table ${table} is not a data frame in split orientation`);
  }
  if (index.length !== data.length)
    throw refuse(`table ${table} has ${data.length} rows, but ${index.length} row numbers`);
  const names = columns.map(String);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined && Object.hasOwn(KNOWN, table)) {
    throw refuse(`table ${table} has column ${twice} twice; take the one out that does not count`);
  }
  const rows = data.map((cells: unknown, at): Row => {
    if (!Array.isArray(cells)) throw refuse(`table ${table} has a row that is not a list`);
    if (cells.length !== names.length) {
      throw refuse(
        `table ${table}, row ${String(index[at])} has ${cells.length} cells for ${names.length} columns`,
      );
    }
    const row: Row = Object.assign(Object.create(null) as object, { index: rowNumber(index[at]), table });
    names.forEach((column, c) => {
      if (column !== 'index' && column !== 'table') row[column] = cells[c] as unknown;
    });
    return row;
  });
  return { columns: new Set(names), rows };
}

/** Rows are known by their numbers; not a number where anything else stands, which `checkTables` refuses. */
function rowNumber(index: unknown): number {
  if (typeof index === 'string' && /^\d{1,15}$/.test(index)) return Number(index);
  return typeof index === 'number' ? index : NaN;
}
