import type { Imported } from '../imported.js';
import type { Bus, Load, Network, PerUnitBranch, Shunt } from '../network.js';
import { readGenerators } from './generators.js';
import { readCaseTables, type CaseTable } from './tables.js';

const ISOLATED = 4;

/**
 * Imports a MATPOWER case (format version 1 or 2) as a network. Bus numbers become ids.
 *
 * As in MATPOWER's own power flow: a generator at a bus of type 1 injects P and Q, at type 2 it holds the voltage, at
 * type 3 it is the source; a bus of type 2 or 3 without a running generator is an ordinary load bus; where several
 * generators share a bus, the last one's voltage counts; an isolated bus (type 4) takes its branches with it.
 *
 * @param text the case file
 * @throws GridwireError NETWORK_INVALID naming the line, or the table, row and column, of what is not understood
 */
export function importMatpower(text: string, name?: string): Network {
  return readMatpower(text, name).network;
}

/** The same, with what the reader has to say about the file. */
export function readMatpower(text: string, name?: string): Imported {
  const { baseMva, bus, gen, branch, name: ownName, warnings, leftOut } = readCaseTables(text);
  const numbers = new Set(bus.rows.map((_, row) => bus.whole(row, 'BUS_I')));
  const generators = readGenerators(bus, gen, numbers);
  const network: Network = {
    ...{ name: name ?? ownName ?? 'matpower', reference: 'imported from a MATPOWER case file', baseMva },
    buses: bus.rows.map((_, row) => readBus(bus, row)),
    loads: bus.rows.flatMap((_, row) => readLoad(bus, row)),
    shunts: bus.rows.flatMap((_, row) => readShunt(bus, row)),
    ...{ sources: generators.sources, generators: generators.generators },
    staticGenerators: generators.staticGenerators,
    branches: branch.rows.map((_, row) => readBranch(branch, row, numbers)),
  };
  return {
    network,
    counts: { bus: bus.rows.length, gen: gen.rows.length, branch: branch.rows.length },
    warnings: [...warnings, ...generators.warnings],
    leftOut,
  };
}

function readBus(bus: CaseTable, row: number): Bus {
  const isolated = bus.oneOf(row, 'BUS_TYPE', [1, 2, 3, ISOLATED]) === ISOLATED;
  const [maxPu, minPu] = [bus.loose(row, 'VMAX'), bus.loose(row, 'VMIN')];
  const limits = minPu > 0 && maxPu > minPu && Number.isFinite(maxPu) ? { minPu, maxPu } : {};
  const [vmPu, vaDegree] = [bus.loose(row, 'VM'), bus.loose(row, 'VA')];
  const nominalKv = bus.loose(row, 'BASE_KV');
  return {
    ...{
      id: String(bus.whole(row, 'BUS_I')),
      nominalKv: nominalKv > 0 && nominalKv < Infinity ? nominalKv : 0,
    },
    ...{ inService: !isolated, ...limits },
    ...(vmPu > 0 && Number.isFinite(vmPu) && Number.isFinite(vaDegree) && { vmPu, vaDegree }),
  };
}

function readLoad(bus: CaseTable, row: number): Load[] {
  const [pMw, qMvar] = [bus.number(row, 'PD'), bus.number(row, 'QD')];
  const id = bus.whole(row, 'BUS_I');
  return pMw === 0 && qMvar === 0 ? [] : [{ id: `load ${id}`, bus: String(id), pMw, qMvar }];
}

function readShunt(bus: CaseTable, row: number): Shunt[] {
  // Gs is consumed at 1 pu, Bs injected.
  const [pMw, qMvar] = [bus.number(row, 'GS'), -bus.number(row, 'BS')];
  const id = bus.whole(row, 'BUS_I');
  return pMw === 0 && qMvar === 0 ? [] : [{ id: `shunt ${id}`, bus: String(id), pMw, qMvar }];
}

function readBranch(branch: CaseTable, row: number, buses: ReadonlySet<number>): PerUnitBranch {
  const [from, to] = [branch.bus(row, 'F_BUS', buses), branch.bus(row, 'T_BUS', buses)];
  const inService = branch.oneOf(row, 'BR_STATUS', [0, 1]) === 1;
  // What is out of service may hold anything.
  const cell = (column: string): number => {
    const value = branch.loose(row, column);
    return inService ? branch.number(row, column) : Number.isFinite(value) ? value : 0;
  };
  const ratio = cell('TAP');
  const rating = branch.loose(row, 'RATE_A');
  return {
    ...{ id: `branch ${row + 1}`, name: `${from}-${to}`, from: String(from), to: String(to) },
    ...{ rPu: cell('BR_R'), xPu: cell('BR_X'), bPu: cell('BR_B') },
    ...{ ratio: ratio === 0 ? 1 : ratio, shiftDegree: cell('SHIFT'), inService },
    // MATPOWER writes 0 for "unlimited".
    ...(rating > 0 && Number.isFinite(rating) && { ratedMva: rating }),
  };
}
