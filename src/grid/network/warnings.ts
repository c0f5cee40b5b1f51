import { isInService, type Network } from './network.js';

/** Differences of nominal voltage up to this part are one voltage level written in two ways. */
const SAME_LEVEL = 0.2;

/** What is unusual in a network that can be solved all the same. */
export function networkWarnings(network: Network): string[] {
  return [...tapWarnings(network), ...switchWarnings(network), ...loopWarnings(network)];
}

function tapWarnings(network: Network): string[] {
  return (network.transformers ?? [])
    .filter(isInService)
    .flatMap(({ id, tap, tap2 }) =>
      [tap, tap2].flatMap((one) =>
        one !== undefined && (one.position < one.min || one.position > one.max)
          ? `transformer "${id}": tap position ${one.position} lies outside ${one.min} to ${one.max}; solved as it stands`
          : [],
      ),
    );
}

function switchWarnings(network: Network): string[] {
  const nominal = new Map(network.buses.map(({ id, nominalKv }) => [id, nominalKv]));
  return (network.switches ?? []).flatMap((one) => {
    if (!one.closed || !isInService(one) || one.elementKind !== 'bus') return [];
    const [first = 0, second = 0] = [nominal.get(one.bus), nominal.get(one.element)];
    return Math.abs(first - second) > SAME_LEVEL * Math.max(first, second)
      ? `switch "${one.id}" joins buses of ${first} kV and ${second} kV: both get the same voltage in per unit`
      : [];
  });
}

/** Legal in MATPOWER and pandapower, and mostly a slip. */
function loopWarnings(network: Network): string[] {
  const ends = [
    ...(network.lines ?? []).map((one) => ({ ...one, word: 'line' })),
    ...(network.transformers ?? []).map((one) => ({ ...one, word: 'transformer', from: one.hv, to: one.lv })),
    ...(network.branches ?? []).map((one) => ({ ...one, word: 'branch' })),
  ];
  return ends
    .filter((one) => isInService(one) && one.from === one.to)
    .map(
      ({ word, id, from }) =>
        `${word} "${id}" has both ends at bus "${from}": it carries nothing further, and draws what its admittances to ground and its ratio say`,
    );
}
