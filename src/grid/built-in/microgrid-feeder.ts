import type { Bus, Line, Load, Network, Transformer } from '../network/network.js';

/** Microgrids that share one branch of the feeder. */
const PER_BRANCH = 10;

/**
 * A 20 kV feeder with any number of equal low-voltage microgrids, ten on each branch: made by the project to try how
 * the exchange of many agents scales. Cable data as the CIGRE benchmarks; not a measured network.
 *
 * Buses of a microgrid: `MG7 mv` on the feeder, `MG7 0` behind its transformer, `MG7 1` and `MG7 2` with its loads.
 */
export function microgridFeeder(count: number): Network {
  const microgrids = Array.from({ length: count }, (_, index) => `MG${index + 1}`);
  return {
    name: `feeder with ${count} microgrids`,
    reference: 'made by the project; cable data of the CIGRE benchmarks',
    baseMva: 10,
    frequencyHz: 50,
    buses: [
      { id: 'grid', nominalKv: 110 },
      { id: 'busbar', nominalKv: 20 },
      ...microgrids.flatMap((id): Bus[] => [
        { id: `${id} mv`, nominalKv: 20 },
        ...['0', '1', '2'].map((end) => ({ id: `${id} ${end}`, nominalKv: 0.4 })),
      ]),
    ],
    sources: [{ id: 'grid', bus: 'grid', vmPu: 1.02 }],
    transformers: [
      {
        id: 'substation',
        hv: 'grid',
        lv: 'busbar',
        ratedMva: 40,
        hvKv: 110,
        lvKv: 20,
        vkPercent: 12,
        vkrPercent: 0.3,
      },
      ...microgrids.map((id): Transformer => ({
        ...{ id: `${id} transformer`, hv: `${id} mv`, lv: `${id} 0`, ratedMva: 0.4, hvKv: 20, lvKv: 0.4 },
        ...{ vkPercent: 4, vkrPercent: 1 },
      })),
    ],
    lines: microgrids.flatMap((id, index): Line[] => [
      cable(index % PER_BRANCH === 0 ? 'busbar' : `MG${index} mv`, `${id} mv`, 0.5, 20),
      cable(`${id} 0`, `${id} 1`, 0.08, 0.4),
      cable(`${id} 0`, `${id} 2`, 0.08, 0.4),
    ]),
    loads: microgrids.flatMap((id): Load[] =>
      ['1', '2'].map((end) => ({ id: `${id} load ${end}`, bus: `${id} ${end}`, pMw: 0.06, qMvar: 0.02 })),
    ),
  };
}

function cable(from: string, to: string, lengthKm: number, kv: number): Line {
  const medium = { rOhmPerKm: 0.161, xOhmPerKm: 0.117, cNfPerKm: 273, maxKa: 0.362 };
  const low = { rOhmPerKm: 0.162, xOhmPerKm: 0.0832, maxKa: 0.4 };
  return { id: `${from}-${to}`, from, to, lengthKm, ...(kv === 20 ? medium : low) };
}
