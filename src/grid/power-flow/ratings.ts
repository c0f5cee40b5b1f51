import type { Network } from '../network/network.js';

/** What 100 % loading means for each branch, in the order lines, transformers, branches. */
export interface Ratings {
  /** Base current of each end, kA; 0 where the bus has no nominal voltage. */
  readonly baseKaFrom: Float64Array;
  readonly baseKaTo: Float64Array;
  /** Loading in percent per 1 pu of current at each end; NaN where the branch has no rating. */
  readonly percentFrom: Float64Array;
  readonly percentTo: Float64Array;
  /** 1 where the rating limits power instead of current. */
  readonly limitsPower: Uint8Array;
}

export function ratingsOf(network: Network): Ratings {
  const kv = new Map(network.buses.map((bus) => [bus.id, bus.nominalKv]));
  const baseKa = (bus: string): number => {
    const nominal = kv.get(bus) ?? 0;
    return nominal > 0 ? network.baseMva / (Math.sqrt(3) * nominal) : 0;
  };
  const rows = [
    ...(network.lines ?? []).map((line) => {
      const from = baseKa(line.from);
      const percent = 100 / ((line.maxKa ?? NaN) * (line.parallel ?? 1));
      return { from, to: baseKa(line.to), percentFrom: from * percent, percentTo: from * percent, power: 0 };
    }),
    ...(network.transformers ?? []).map((one) => {
      const from = baseKa(one.hv);
      const to = baseKa(one.lv);
      const percent = (100 * Math.sqrt(3)) / (one.ratedMva * (one.parallel ?? 1));
      return {
        from,
        to,
        percentFrom: from * one.hvKv * percent,
        percentTo: to * one.lvKv * percent,
        power: 0,
      };
    }),
    ...(network.branches ?? []).map((branch) => {
      const percent = (100 * network.baseMva) / (branch.ratedMva ?? NaN);
      return {
        ...{ from: baseKa(branch.from), to: baseKa(branch.to) },
        ...{ percentFrom: percent, percentTo: percent, power: 1 },
      };
    }),
  ];
  return {
    baseKaFrom: Float64Array.from(rows, (row) => row.from),
    baseKaTo: Float64Array.from(rows, (row) => row.to),
    percentFrom: Float64Array.from(rows, (row) => row.percentFrom),
    percentTo: Float64Array.from(rows, (row) => row.percentTo),
    limitsPower: Uint8Array.from(rows, (row) => row.power),
  };
}
