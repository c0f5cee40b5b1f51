import { GridwireError } from '../../errors.js';
import type { Network } from './network.js';

/** Largest network that is accepted; the largest public case has 193,000 buses, planning models about 20,000. */
export const MAXIMUM_ELEMENTS = 100_000;

type Rule = 'any' | 'positive' | 'not-negative' | 'whole-positive';

interface Table {
  key: keyof Network;
  /** What one entry is called in error messages. */
  word: string;
  buses: readonly string[];
  numbers: Readonly<Record<string, Rule>>;
  optional: Readonly<Record<string, Rule>>;
}

/** What each table must hold. Data, so that one loop checks them all. */
const TABLES: readonly Table[] = [
  { key: 'buses', word: 'bus', buses: [], numbers: { nominalKv: 'not-negative' }, optional: {} },
  {
    key: 'lines',
    word: 'line',
    buses: ['from', 'to'],
    numbers: { lengthKm: 'positive', rOhmPerKm: 'any', xOhmPerKm: 'any' },
    optional: { cNfPerKm: 'any', gUsPerKm: 'any', maxKa: 'positive', parallel: 'whole-positive' },
  },
  {
    key: 'transformers',
    word: 'transformer',
    buses: ['hv', 'lv'],
    numbers: {
      ratedMva: 'positive',
      hvKv: 'positive',
      lvKv: 'positive',
      vkPercent: 'any',
      vkrPercent: 'any',
    },
    optional: {
      ironLossKw: 'any',
      noLoadCurrentPercent: 'any',
      shiftDegree: 'any',
      parallel: 'whole-positive',
    },
  },
  {
    key: 'branches',
    word: 'branch',
    buses: ['from', 'to'],
    numbers: { rPu: 'any', xPu: 'any' },
    optional: { bPu: 'any', ratio: 'positive', shiftDegree: 'any', ratedMva: 'positive' },
  },
  {
    key: 'shunts',
    word: 'shunt',
    buses: ['bus'],
    numbers: { pMw: 'any', qMvar: 'any' },
    optional: { step: 'not-negative', maxStep: 'not-negative' },
  },
  {
    key: 'loads',
    word: 'load',
    buses: ['bus'],
    numbers: { pMw: 'any', qMvar: 'any' },
    optional: { scaling: 'any' },
  },
  {
    key: 'generators',
    word: 'generator',
    buses: ['bus'],
    numbers: { pMw: 'any', vmPu: 'positive' },
    optional: { minQMvar: 'any', maxQMvar: 'any' },
  },
  {
    key: 'staticGenerators',
    word: 'static generator',
    buses: ['bus'],
    numbers: { pMw: 'any', qMvar: 'any' },
    optional: { scaling: 'any' },
  },
  {
    key: 'storages',
    word: 'storage',
    buses: ['bus'],
    numbers: { pMw: 'any', qMvar: 'any' },
    optional: {},
  },
  {
    key: 'sources',
    word: 'source',
    buses: ['bus'],
    numbers: { vmPu: 'positive' },
    optional: { vaDegree: 'any' },
  },
  { key: 'switches', word: 'switch', buses: ['bus'], numbers: {}, optional: {} },
];

type Row = Record<string, unknown>;

/**
 * Refuses a malformed network, naming the element.
 *
 * @throws GridwireError NETWORK_INVALID for unknown buses, duplicate ids, zero impedance, lengths that are not
 *   positive, values that are not finite numbers, transformers without reactance, and too many elements
 */
export function validateNetwork(network: Network): void {
  if (!(Number.isFinite(network.baseMva) && network.baseMva > 0)) {
    fail('the network', 'baseMva must be a positive number (MVA)');
  }
  const buses = new Set<string>();
  for (const table of TABLES) {
    const rows = network[table.key] ?? [];
    if (!Array.isArray(rows)) fail('the network', `${table.key} must be a list`);
    if (rows.length > MAXIMUM_ELEMENTS) {
      fail(
        'the network',
        `${table.key} has ${rows.length} entries; at most ${MAXIMUM_ELEMENTS} are accepted`,
      );
    }
    const seen = new Set<string>();
    for (const row of rows as unknown as Row[]) {
      checkRow(table, row, seen, table.key === 'buses' ? undefined : buses);
      if (table.key === 'buses') buses.add(row.id as string);
    }
  }
  if (buses.size === 0) fail('the network', 'it has no buses');
  checkImpedances(network);
  checkTaps(network);
  checkSwitches(network, buses);
}

function checkRow(table: Table, row: Row, seen: Set<string>, buses: Set<string> | undefined): void {
  if (typeof row !== 'object' || typeof row.id !== 'string' || row.id === '') {
    fail(`a ${table.word}`, 'every element needs an id that is a non-empty text');
  }
  const element = `${table.word} "${row.id}"`;
  if (seen.has(row.id)) fail(element, 'its id is used twice');
  seen.add(row.id);
  for (const key of table.buses) {
    const bus = row[key];
    if (typeof bus !== 'string' || !buses?.has(bus))
      fail(element, `${key} names unknown bus "${String(bus)}"`);
  }
  for (const [key, rule] of Object.entries(table.numbers)) checkNumber(element, key, row[key], rule);
  for (const [key, rule] of Object.entries(table.optional)) {
    if (row[key] !== undefined) checkNumber(element, key, row[key], rule);
  }
}

function checkNumber(element: string, key: string, value: unknown, rule: Rule): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) fail(element, `${key} must be a finite number`);
  if (rule === 'positive' && value <= 0) fail(element, `${key} must be greater than zero, found ${value}`);
  if (rule === 'not-negative' && value < 0) fail(element, `${key} must not be negative, found ${value}`);
  if (rule === 'whole-positive' && !(Number.isInteger(value) && value > 0)) {
    fail(element, `${key} must be a whole number greater than zero, found ${value}`);
  }
}

/** Anything smaller joins two buses for every practical purpose and would only ruin the numbers. */
const SMALLEST_IMPEDANCE_PU = 1e-12;

function checkImpedances(network: Network): void {
  for (const line of network.lines ?? []) {
    const element = `line "${line.id}"`;
    if (Math.hypot(line.rOhmPerKm, line.xOhmPerKm) * line.lengthKm < SMALLEST_IMPEDANCE_PU) {
      fail(element, 'its impedance is zero; join the buses by a closed switch instead');
    }
    if (line.from === line.to) fail(element, 'both ends are at the same bus');
  }
  for (const branch of network.branches ?? []) {
    const element = `branch "${branch.id}"`;
    if (Math.hypot(branch.rPu, branch.xPu) < SMALLEST_IMPEDANCE_PU) {
      fail(element, 'its impedance is zero; join the buses by a closed switch instead');
    }
    if (branch.from === branch.to) fail(element, 'both ends are at the same bus');
  }
  const nominal = new Map(network.buses.map((bus) => [bus.id, bus.nominalKv]));
  for (const transformer of network.transformers ?? []) {
    const element = `transformer "${transformer.id}"`;
    if (transformer.vkPercent === 0) fail(element, 'its impedance is zero: vkPercent must not be 0');
    if (Math.abs(transformer.vkrPercent) > Math.abs(transformer.vkPercent)) {
      fail(element, 'vkrPercent must not exceed vkPercent');
    }
    if (transformer.hv === transformer.lv) fail(element, 'both sides are at the same bus');
  }
  for (const [table, ends] of [
    [network.lines ?? [], 'line'],
    [network.transformers ?? [], 'transformer'],
  ] as const) {
    for (const row of table) {
      for (const bus of 'hv' in row ? [row.hv, row.lv] : [row.from, row.to]) {
        if (nominal.get(bus) === 0)
          fail(`bus "${bus}"`, `nominalKv is needed because ${ends} "${row.id}" meets it`);
      }
    }
  }
}

function checkTaps(network: Network): void {
  for (const { id, tap } of network.transformers ?? []) {
    if (tap === undefined) continue;
    const element = `transformer "${id}"`;
    for (const key of ['position', 'neutral', 'min', 'max', 'stepPercent'] as const) {
      checkNumber(element, `tap.${key}`, tap[key], 'any');
    }
    if (tap.stepDegree !== undefined) checkNumber(element, 'tap.stepDegree', tap.stepDegree, 'any');
    if (tap.position < tap.min || tap.position > tap.max) {
      fail(element, `tap.position ${tap.position} lies outside ${tap.min} to ${tap.max}`);
    }
  }
}

function checkSwitches(network: Network, buses: Set<string>): void {
  const lines = new Map((network.lines ?? []).map((line) => [line.id, [line.from, line.to]]));
  const transformers = new Map((network.transformers ?? []).map((one) => [one.id, [one.hv, one.lv]]));
  for (const { id, bus, element, elementKind } of network.switches ?? []) {
    const word = `switch "${id}"`;
    if (elementKind === 'bus') {
      if (!buses.has(element)) fail(word, `element names unknown bus "${element}"`);
      continue;
    }
    const ends = (elementKind === 'line' ? lines : transformers).get(element);
    if (ends === undefined) fail(word, `element names unknown ${elementKind} "${element}"`);
    if (!ends.includes(bus)) fail(word, `${elementKind} "${element}" does not end at bus "${bus}"`);
  }
}

function fail(element: string, problem: string): never {
  throw new GridwireError('NETWORK_INVALID', `The network is not usable: ${element}: ${problem}.`, {
    details: { element, problem },
  });
}
