import type { Network } from '../network/network.js';
import { ieee13 } from './ieee13.js';
import { ieee34 } from './ieee34.js';

/** Where the microgrids join the distribution grid. */
const CONNECTIONS = { MG1: '822', MG2: '848', MG3: '856' } as const;

/**
 * Distribution grid (IEEE 34) with three microgrids (IEEE 13 each), joined by a switch at their substations: the
 * multi-agent system of PowerGrid. Ids carry the part they belong to (`DSO 822`, `MG1 645`); all loads are at a
 * fifth, as there.
 *
 * Source: the parts' own, see `ieee34` and `ieee13`; coupling as in hepengli/powergrid (ieee34_ieee13).
 */
export function threeMicrogrids(): Network {
  const grid = prefixed(ieee34(), 'DSO');
  const microgrids = Object.keys(CONNECTIONS).map((name) => prefixed(ieee13(), name));
  const joins = Object.entries(CONNECTIONS).map(([name, bus]) => ({
    ...{ id: `${name} connection`, bus: `DSO ${bus}`, element: `${name} 650` },
    ...{ elementKind: 'bus' as const, closed: true },
  }));
  const parts = [grid, ...microgrids];
  return {
    name: 'three microgrids',
    reference: 'IEEE 34-node feeder with three IEEE 13-node microgrids as in hepengli/powergrid',
    baseMva: 3,
    frequencyHz: 50,
    buses: parts.flatMap((part) => part.buses),
    sources: grid.sources,
    lines: parts.flatMap((part) => part.lines ?? []),
    transformers: parts.flatMap((part) => part.transformers ?? []),
    loads: parts.flatMap((part) => part.loads ?? []).map((load) => ({ ...load, scaling: 0.2 })),
    shunts: parts.flatMap((part) => part.shunts ?? []),
    switches: [...parts.flatMap((part) => part.switches ?? []), ...joins],
  };
}

/** The same network with a prefix before every id and every bus that an element names. */
function prefixed(network: Network, prefix: string): Network {
  const add = (id: string): string => `${prefix} ${id}`;
  const at = <T extends { id: string; bus: string }>(one: T): T => ({
    ...one,
    id: add(one.id),
    bus: add(one.bus),
  });
  return {
    ...network,
    buses: network.buses.map((bus) => ({ ...bus, id: add(bus.id) })),
    sources: network.sources.map(at),
    loads: (network.loads ?? []).map(at),
    shunts: (network.shunts ?? []).map(at),
    lines: (network.lines ?? []).map((line) => ({
      ...{ ...line, id: add(line.id), from: add(line.from), to: add(line.to) },
    })),
    transformers: (network.transformers ?? []).map((one) => ({
      ...{ ...one, id: add(one.id), hv: add(one.hv), lv: add(one.lv) },
    })),
    switches: (network.switches ?? []).map((one) => ({ ...at(one), element: add(one.element) })),
  };
}
