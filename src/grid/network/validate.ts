import { GridwireError } from '../../errors.js';
import { strangerIn } from '../../known-keys.js';
import { isInService, type Element, type Network } from './network.js';
import {
  keysOf,
  NETWORK_KEYS,
  SHUNT_STEP_KEYS,
  TABLES,
  TAP_KEYS,
  TAP_STEP_KEYS,
  type Rule,
  type Table,
} from './tables.js';
import { tapStep } from './tap.js';

/** Largest network that is accepted; the largest public case has 193,000 buses and 229,000 branches. */
export const MAXIMUM_ELEMENTS = 500_000;

/** Tables that no network can do without. */
const NEEDED: ReadonlySet<string> = new Set(['buses', 'sources']);

/** Beyond these, products and quotients of what an element says are no numbers any more. */
const LARGEST = 1e100;
const SMALLEST = 1e-100;

type Row = Record<string, unknown>;

/**
 * Refuses a malformed network, naming the element.
 *
 * @throws GridwireError NETWORK_INVALID for unknown buses, duplicate ids, zero impedance, lengths that are not
 *   positive, values that are not finite numbers, transformers without reactance, and too many elements
 */
export function validateNetwork(network: Network): void {
  const { baseMva, frequencyHz = 50 } = network;
  checkNumber('the network', 'baseMva', baseMva, 'positive');
  checkNumber('the network', 'frequencyHz', frequencyHz, 'positive');
  checkNames(network);
  const buses = new Set<string>();
  for (const table of TABLES) {
    const given = network[table.key];
    const rows = given === undefined && !NEEDED.has(table.key) ? [] : given;
    if (!Array.isArray(rows)) fail('the network', `${table.key} must be a list`);
    if (rows.length > MAXIMUM_ELEMENTS) {
      fail(
        'the network',
        `${table.key} has ${rows.length} entries; at most ${MAXIMUM_ELEMENTS} are accepted`,
      );
    }
    const seen = new Set<string>();
    const checks = checksOf(table);
    for (const row of rows as unknown as Row[]) {
      checkRow(table, row, seen, checks, table.key === 'buses' ? undefined : buses);
      if (table.key === 'buses') buses.add(row.id as string);
    }
  }
  if (buses.size === 0) fail('the network', 'it has no buses');
  checkImpedances(network);
  checkTaps(network);
  checkLoads(network);
  checkSwitches(network, buses);
}

/** A table or a setting under a name that nobody reads would be left out in silence. */
function checkNames(network: Network): void {
  const tables = TABLES.map(({ key }) => key as string);
  for (const [name, value] of Object.entries(network)) {
    if (tables.includes(name) || NETWORK_KEYS.includes(name) || value === undefined) continue;
    const known = Array.isArray(value)
      ? `table; there are ${tables.join(', ')}`
      : `setting; there are ${NETWORK_KEYS.join(', ')}`;
    fail('the network', `${name} is no ${known}`);
  }
}

function checkKeys(element: string, holder: unknown, known: ReadonlySet<string>): void {
  if (typeof holder !== 'object' || holder === null) fail(element, 'must be an object');
  const problem = strangerIn(holder, known);
  if (problem !== undefined) fail(element, problem);
}

/** What is asked of each row of a table, made once for all of them. */
interface Checks {
  known: ReadonlySet<string>;
  numbers: [key: string, rule: Rule][];
  optional: [key: string, rule: Rule][];
}

function checksOf(table: Table): Checks {
  const [numbers, optional] = [Object.entries(table.numbers), Object.entries(table.optional)];
  return { known: keysOf(table), numbers, optional };
}

function checkRow(
  table: Table,
  row: Row | null,
  seen: Set<string>,
  { known, numbers, optional }: Checks,
  buses: Set<string> | undefined,
): void {
  if (typeof row !== 'object' || row === null || typeof row.id !== 'string' || row.id === '') {
    fail(`a ${table.word}`, 'every element needs an id that is a non-empty text');
  }
  const element = `${table.word} "${row.id}"`;
  if (seen.has(row.id)) fail(element, 'its id is used twice');
  seen.add(row.id);
  if (row.inService !== undefined && typeof row.inService !== 'boolean')
    fail(element, 'inService must be true or false');
  // What is out of service may hold anything: it takes no part.
  if (row.inService === false) return;
  checkKeys(element, row, known);
  for (const key of table.buses) {
    const bus = row[key];
    if (typeof bus !== 'string' || !buses?.has(bus))
      fail(element, `${key} names unknown bus "${String(bus)}"`);
  }
  for (const [key, rule] of numbers) checkNumber(element, key, row[key], rule);
  for (const [key, rule] of optional) {
    if (row[key] !== undefined) checkNumber(element, key, row[key], rule);
  }
}

function checkNumber(element: string, key: string, value: unknown, rule: Rule): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) fail(element, `${key} must be a finite number`);
  if (Math.abs(value) > LARGEST) fail(element, `${key} is too large to be counted with, found ${value}`);
  if (rule === 'positive' && value > 0 && value < SMALLEST)
    fail(element, `${key} is too small to be divided by, found ${value}`);
  if (rule === 'positive' && value <= 0) fail(element, `${key} must be greater than zero, found ${value}`);
  if (rule === 'not-negative' && value < 0) fail(element, `${key} must not be negative, found ${value}`);
  if (rule === 'part' && !(value >= 0 && value <= 1))
    fail(element, `${key} must lie between 0 and 1, found ${value}`);
  if (rule === 'whole-positive' && !(Number.isInteger(value) && value > 0)) {
    fail(element, `${key} must be a whole number greater than zero, found ${value}`);
  }
}

/** Anything smaller joins two buses for every practical purpose and would only ruin the numbers. */
const SMALLEST_IMPEDANCE_PU = 1e-12;

function checkImpedances(network: Network): void {
  const nominal = new Map(network.buses.map((bus) => [bus.id, bus.nominalKv]));
  const needsKv = (element: string, buses: readonly string[]): void => {
    for (const bus of buses) {
      if (nominal.get(bus) === 0) fail(`bus "${bus}"`, `nominalKv is needed because ${element} meets it`);
    }
  };
  for (const line of inService(network.lines)) {
    const element = `line "${line.id}"`;
    checkSeries(element, line.rOhmPerKm * line.lengthKm, line.xOhmPerKm * line.lengthKm);
    needsKv(element, [line.from, line.to]);
  }
  for (const branch of inService(network.branches)) {
    const element = `branch "${branch.id}"`;
    const { rPu, xPu, rToPu = rPu, xToPu = xPu } = branch;
    checkSeries(element, rPu, xPu);
    checkSeries(element, rToPu, xToPu);
  }
  for (const transformer of inService(network.transformers)) {
    const element = `transformer "${transformer.id}"`;
    if (transformer.vkPercent === 0) fail(element, 'its impedance is zero: vkPercent must not be 0');
    if (Math.abs(transformer.vkrPercent) > Math.abs(transformer.vkPercent)) {
      fail(element, 'vkrPercent must not exceed vkPercent');
    }
    needsKv(element, [transformer.hv, transformer.lv]);
  }
}

function checkSeries(element: string, r: number, x: number): void {
  if (Math.hypot(r, x) < SMALLEST_IMPEDANCE_PU) {
    fail(element, 'its impedance is zero; make one bus of its two, or join them by a closed switch, instead');
  }
}

function inService<T extends Element>(rows: readonly T[] | undefined): T[] {
  return (rows ?? []).filter(isInService);
}

/** A table of what each position or number of steps does: every figure in it is a number. */
function checkSteps(element: string, table: unknown, known: ReadonlySet<string>): void {
  if (table === undefined) return;
  if (!Array.isArray(table)) fail(element, 'must be a list');
  for (const step of table as unknown[]) {
    checkKeys(element, step, known);
    for (const key of known) checkNumber(element, key, (step as Row)[key], 'any');
  }
}

const SIDES: readonly unknown[] = ['hv', 'lv'];

function checkTaps(network: Network): void {
  for (const { id, tap, tap2 } of inService(network.transformers)) {
    for (const [word, one] of [
      ['tap', tap],
      ['tap2', tap2],
    ] as const) {
      if (one === undefined) continue;
      const element = `transformer "${id}"`;
      checkKeys(`${element}: ${word}`, one, TAP_KEYS);
      checkSteps(`${element}: ${word}.table`, one.table, TAP_STEP_KEYS);
      if (!SIDES.includes(one.side)) fail(element, `${word}.side must be "hv" or "lv"`);
      for (const key of ['position', 'neutral', 'min', 'max', 'stepPercent'] as const) {
        checkNumber(element, `${word}.${key}`, one[key], 'any');
      }
      if (one.stepDegree !== undefined) checkNumber(element, `${word}.stepDegree`, one.stepDegree, 'any');
      if (one.table !== undefined && tapStep(one) === undefined) {
        fail(element, `${word}.position ${one.position} is not in its table`);
      }
    }
  }
}

function checkLoads(network: Network): void {
  for (const one of inService(network.loads)) {
    for (const [current = 0, impedance = 0] of [
      [one.currentPartP, one.impedancePartP],
      [one.currentPartQ, one.impedancePartQ],
    ]) {
      if (current + impedance > 1 + 1e-12) {
        fail(
          `load "${one.id}"`,
          'its constant-current and constant-impedance parts make more than the whole',
        );
      }
    }
  }
  for (const { id, step = 1, table } of inService(network.shunts)) {
    checkSteps(`shunt "${id}": table`, table, SHUNT_STEP_KEYS);
    if (table !== undefined && table.every((row) => row.step !== step)) {
      fail(`shunt "${id}"`, `step ${step} is not in its table`);
    }
  }
}

function checkSwitches(network: Network, buses: Set<string>): void {
  const lines = new Map((network.lines ?? []).map((line) => [line.id, [line.from, line.to]]));
  const transformers = new Map((network.transformers ?? []).map((one) => [one.id, [one.hv, one.lv]]));
  for (const { id, bus, element, elementKind, closed } of network.switches ?? []) {
    const word = `switch "${id}"`;
    if (typeof closed !== 'boolean') fail(word, 'closed must be true or false');
    if (elementKind === 'bus') {
      if (!buses.has(element)) fail(word, `element names unknown bus "${element}"`);
      continue;
    }
    const ends = (elementKind === 'line' ? lines : transformers).get(element);
    if (ends === undefined) fail(word, `element names unknown ${elementKind} "${element}"`);
    if (ends[0] === ends[1] && !closed)
      fail(
        word,
        `both ends of ${elementKind} "${element}" are at bus "${bus}", and it does not say which is open`,
      );
    if (!ends.includes(bus)) fail(word, `${elementKind} "${element}" does not end at bus "${bus}"`);
  }
}

function fail(element: string, problem: string): never {
  throw new GridwireError('NETWORK_INVALID', `The network is not usable: ${element}: ${problem}.`, {
    details: { element, problem },
  });
}
