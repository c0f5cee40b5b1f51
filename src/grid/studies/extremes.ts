import type { PowerFlow } from '../power-flow/power-flow.js';

/** The figures of one solution that a study keeps. */
export interface Extremes {
  /** Lowest and highest voltage, pu, and where; -1 where no bus has a voltage. */
  lowPu: number;
  lowBus: number;
  highPu: number;
  highBus: number;
  /** Highest loading, percent, and its branch; -1 where no branch has a rating. */
  loadingPercent: number;
  loadingBranch: number;
}

/** Works the figures out over and over; buses and branches count as in the network's tables. */
export class ExtremesFinder {
  /** One bus per node: those that switches join share a voltage. */
  private readonly busOfNode: Int32Array;

  constructor(private readonly flow: PowerFlow) {
    const { nodeOfBus, nodeCount } = flow.grid;
    this.busOfNode = new Int32Array(nodeCount).fill(-1);
    for (let bus = nodeOfBus.length - 1; bus >= 0; bus--) {
      const node = nodeOfBus[bus] ?? -1;
      if (node >= 0) this.busOfNode[node] = bus;
    }
  }

  find(): Extremes {
    const { solver, loadingPercent } = this.flow;
    const { vm } = solver;
    let [low, high, loaded] = [-1, -1, -1];
    for (let node = 0; node < vm.length; node++) {
      const value = vm[node] ?? NaN;
      // Without supply there is no voltage: neither a low one nor a high one.
      if (!(value > 0)) continue;
      if (low < 0 || value < (vm[low] ?? 0)) low = node;
      if (high < 0 || value > (vm[high] ?? 0)) high = node;
    }
    for (let branch = 0; branch < loadingPercent.length; branch++) {
      const value = loadingPercent[branch] ?? NaN;
      if (value >= 0 && (loaded < 0 || value > (loadingPercent[loaded] ?? 0))) loaded = branch;
    }
    return {
      ...{ lowPu: low < 0 ? NaN : (vm[low] ?? NaN), lowBus: low < 0 ? -1 : (this.busOfNode[low] ?? -1) },
      ...{
        highPu: high < 0 ? NaN : (vm[high] ?? NaN),
        highBus: high < 0 ? -1 : (this.busOfNode[high] ?? -1),
      },
      loadingPercent: loaded < 0 ? NaN : (loadingPercent[loaded] ?? NaN),
      loadingBranch: loaded,
    };
  }
}
