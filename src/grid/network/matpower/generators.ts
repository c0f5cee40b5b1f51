import type { Generator, Network, Source, StaticGenerator } from '../network.js';
import { refuse } from './run.js';
import type { CaseTable } from './tables.js';

const HELD = 2;
const REFERENCE = 3;
const ISOLATED = 4;

type Read = Required<Pick<Network, 'sources' | 'generators' | 'staticGenerators'>> & { warnings: string[] };

/**
 * Tells sources, generators that hold their voltage, and those that only inject, as MATPOWER's `bustypes` does. A case
 * whose reference has no running generator gets the first bus of type 2 that has one.
 */
export function readGenerators(bus: CaseTable, gen: CaseTable, buses: ReadonlySet<number>): Read {
  const running = gen.rows.flatMap((_, row) => (gen.number(row, 'GEN_STATUS') > 0 ? row : []));
  // The last of several generators at a bus says its voltage.
  const voltage = new Map(running.map((row) => [gen.bus(row, 'GEN_BUS', buses), row]));
  const { references, warnings } = findReferences(bus, voltage);
  const rowOfBus = new Map(bus.rows.map((_, row) => [bus.whole(row, 'BUS_I'), row]));
  warnings.push(...differing(bus, gen, running, rowOfBus));
  const read: Read = { sources: [], generators: [], staticGenerators: [], warnings };
  const placed = new Set<number>();
  for (const row of running) {
    const number = gen.whole(row, 'GEN_BUS');
    const busRow = rowOfBus.get(number) ?? -1;
    const type = bus.loose(busRow, 'BUS_TYPE');
    if (type === ISOLATED) continue;
    const id = `generator ${row + 1} at ${number}`;
    const vmPu = (): number => gen.number(voltage.get(number) ?? row, 'VG');
    if (references.has(number)) {
      if (placed.has(number)) continue;
      placed.add(number);
      read.sources.push(asSource(number, vmPu(), bus.number(busRow, 'VA')));
    } else if (type === HELD || type === REFERENCE) read.generators.push(asGenerator(gen, row, id, vmPu()));
    else read.staticGenerators.push(asInjection(gen, row, id));
  }
  return read;
}

/** Several generators at a bus that would hold it at different voltages. */
function differing(
  bus: CaseTable,
  gen: CaseTable,
  running: readonly number[],
  rowOfBus: ReadonlyMap<number, number>,
): string[] {
  const wanted = new Map<number, Set<number>>();
  for (const row of running) {
    const number = gen.whole(row, 'GEN_BUS');
    const type = bus.loose(rowOfBus.get(number) ?? -1, 'BUS_TYPE');
    if (type !== HELD && type !== REFERENCE) continue;
    wanted.set(number, (wanted.get(number) ?? new Set()).add(gen.loose(row, 'VG')));
  }
  return [...wanted].flatMap(([number, voltages]) =>
    voltages.size > 1
      ? `bus ${number}: its generators would hold ${[...voltages].join(' and ')} pu; the last one counts, as in MATPOWER`
      : [],
  );
}

function findReferences(
  bus: CaseTable,
  running: ReadonlyMap<number, number>,
): { references: Set<number>; warnings: string[] } {
  const ofType = (type: number): number[] =>
    bus.rows.flatMap((_, row) => (bus.loose(row, 'BUS_TYPE') === type ? bus.whole(row, 'BUS_I') : []));
  const named = ofType(REFERENCE);
  const references = named.filter((number) => running.has(number));
  const without = named.filter((number) => !running.has(number));
  if (references.length > 0) {
    const warnings = without.map(
      (number) => `reference bus ${number} has no running generator: it is an ordinary bus`,
    );
    return { references: new Set(references), warnings };
  }
  const [first] = ofType(HELD).filter((number) => running.has(number));
  if (first === undefined)
    throw refuse('there is neither a reference (bus type 3) nor a bus of type 2 with a running generator');
  const why =
    named.length === 0
      ? 'the case names no reference'
      : `reference bus ${named.join(', ')} has no running generator`;
  return {
    references: new Set([first]),
    warnings: [`${why}: bus ${first}, the first that holds its voltage, is the reference`],
  };
}

function asSource(number: number, vmPu: number, vaDegree: number): Source {
  return { id: `source ${number}`, bus: String(number), vmPu, vaDegree };
}

function asGenerator(gen: CaseTable, row: number, id: string, vmPu: number): Generator {
  const [min, max] = [gen.loose(row, 'QMIN'), gen.loose(row, 'QMAX')];
  return {
    ...{ id, bus: String(gen.whole(row, 'GEN_BUS')), pMw: gen.number(row, 'PG'), vmPu },
    ...(Number.isFinite(min) && { minQMvar: min }),
    ...(Number.isFinite(max) && { maxQMvar: max }),
  };
}

function asInjection(gen: CaseTable, row: number, id: string): StaticGenerator {
  return {
    id,
    bus: String(gen.whole(row, 'GEN_BUS')),
    pMw: gen.number(row, 'PG'),
    qMvar: gen.number(row, 'QG'),
  };
}
