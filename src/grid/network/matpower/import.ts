import type { Bus, Generator, Load, Network, PerUnitBranch, Shunt, Source } from '../network.js';
import { asScalar, type Matrix } from './matrix.js';
import { readTables, refuse } from './statements.js';

const REFERENCE = 3;
const HELD = 2;
const ISOLATED = 4;

/**
 * Imports a MATPOWER case (format version 2) as a network. Bus numbers become ids.
 *
 * As in MATPOWER's own power flow: a generator at a bus of type 1 injects P and Q, at type 2 it holds the voltage, at
 * type 3 it is the source; a bus of type 2 without a running generator is an ordinary load bus; where several
 * generators share a bus, the last one's voltage counts.
 *
 * @param text the case file
 * @throws GridwireError NETWORK_INVALID quoting what is not understood
 */
export function importMatpower(text: string, name = caseName(text)): Network {
  const tables = readTables(text);
  const baseMva = asScalar(tables.get('mpc.baseMVA') ?? []);
  if (baseMva === undefined) throw refuse('mpc.baseMVA is missing');
  const busRows = table(tables, 'mpc.bus', 13);
  const generatorRows = table(tables, 'mpc.gen', 8).filter(([, , , , , , , status = 0]) => status > 0);
  const branchRows = table(tables, 'mpc.branch', 11);
  return {
    ...{ name, reference: 'imported from a MATPOWER case file', baseMva },
    buses: busRows.map(readBus),
    loads: busRows.flatMap(readLoad),
    shunts: busRows.flatMap(readShunt),
    ...readGenerators(busRows, generatorRows),
    branches: branchRows.map(readBranch),
  };
}

function caseName(text: string): string {
  return /^\s*function\s+\w+\s*=\s*(\w+)/.exec(text)?.[1] ?? 'matpower';
}

function table(tables: ReadonlyMap<string, Matrix>, name: string, columns: number): Matrix {
  const rows = tables.get(name);
  if (rows === undefined) throw refuse(`${name} is missing`);
  if ((rows[0]?.length ?? 0) < columns) throw refuse(`${name} needs at least ${columns} columns`);
  return rows;
}

function readBus(row: number[]): Bus {
  const [id = NaN, type = 0, , , , , , , , nominalKv = 0, , maxPu, minPu] = row;
  const limits = minPu !== undefined && maxPu !== undefined && maxPu > minPu ? { minPu, maxPu } : {};
  return { id: String(id), nominalKv, inService: type !== ISOLATED, ...limits };
}

function readLoad([id = NaN, , pMw = 0, qMvar = 0]: number[]): Load[] {
  return pMw === 0 && qMvar === 0 ? [] : [{ id: `load ${id}`, bus: String(id), pMw, qMvar }];
}

function readShunt([id = NaN, , , , pMw = 0, qMvar = 0]: number[]): Shunt[] {
  // Gs is consumed at 1 pu, Bs injected.
  return pMw === 0 && qMvar === 0 ? [] : [{ id: `shunt ${id}`, bus: String(id), pMw, qMvar: -qMvar }];
}

function readGenerators(
  busRows: Matrix,
  generatorRows: Matrix,
): Required<Pick<Network, 'sources' | 'generators' | 'staticGenerators'>> {
  const buses = new Map(busRows.map((row) => [row[0] ?? NaN, { type: row[1], va: row[8] ?? 0 }]));
  const voltage = new Map(generatorRows.map((row) => [row[0] ?? NaN, row[5] ?? 1]));
  const sources: Source[] = [];
  const generators: Generator[] = [];
  const staticGenerators: Network['staticGenerators'] = [];
  generatorRows.forEach(([number = NaN, pMw = 0, qMvar = 0, maxQ, minQ], index) => {
    const bus = String(number);
    const id = `generator ${index + 1} at ${bus}`;
    const vmPu = voltage.get(number) ?? 1;
    const { type, va = 0 } = buses.get(number) ?? {};
    if (type === REFERENCE) {
      if (sources.every((source) => source.bus !== bus)) {
        sources.push({ id: `source ${bus}`, bus, vmPu, vaDegree: va });
      }
    } else if (type === HELD) {
      const limits = {
        ...(Number.isFinite(minQ) && { minQMvar: minQ }),
        ...(Number.isFinite(maxQ) && { maxQMvar: maxQ }),
      } as Pick<Generator, 'minQMvar' | 'maxQMvar'>;
      generators.push({ id, bus, pMw, vmPu, ...limits });
    } else {
      staticGenerators.push({ id, bus, pMw, qMvar });
    }
  });
  return { sources, generators, staticGenerators };
}

function readBranch(row: number[], index: number): PerUnitBranch {
  const [from = NaN, to = NaN, rPu = NaN, xPu = NaN, bPu = 0, rating = 0, , , ratio = 0, shift = 0] = row;
  return {
    id: `branch ${index + 1}`,
    name: `${from}-${to}`,
    ...{ from: String(from), to: String(to), rPu, xPu, bPu },
    ratio: ratio === 0 ? 1 : ratio,
    shiftDegree: shift,
    inService: (row[10] ?? 0) > 0,
    // MATPOWER writes 0 for "unlimited".
    ...(rating > 0 && { ratedMva: rating }),
  };
}
