import type { Device } from '../devices/device.js';
import type { Network } from '../network/network.js';
import { scheduleInjections } from '../network/injections.js';
import type { PerUnitNetwork } from '../network/per-unit-network.js';
import { invalid } from './check-config.js';

/** Writes loads and device powers into the network's injections, quickly and without allocating. */
export class Schedule {
  /** Loads at factor 1, and everything else in the network's own tables. */
  private readonly loadP: Float64Array;
  private readonly loadQ: Float64Array;
  private readonly fixedP: Float64Array;
  private readonly fixedQ: Float64Array;
  /** Loads at factor 1 that follow the voltage. */
  private readonly currentPart: Float64Array;
  private readonly impedancePart: Float64Array;
  private readonly placed: { device: Device; node: number }[];

  constructor(
    network: Network,
    private readonly grid: PerUnitNetwork,
    devices: readonly Device[],
    loadScale: number,
  ) {
    scheduleInjections({ ...network, loads: [] }, grid);
    this.fixedP = Float64Array.from(grid.p);
    this.fixedQ = Float64Array.from(grid.q);
    scheduleInjections(network, grid);
    this.loadP = grid.p.map((value, node) => (value - (this.fixedP[node] ?? 0)) * loadScale);
    this.loadQ = grid.q.map((value, node) => (value - (this.fixedQ[node] ?? 0)) * loadScale);
    this.currentPart = grid.currentPart.map((value) => value * loadScale);
    this.impedancePart = grid.impedancePart.map((value) => value * loadScale);
    const nodes = new Map(network.buses.map(({ id }, index) => [id, grid.nodeOfBus[index] ?? -1]));
    this.placed = devices
      .filter(({ direction }) => direction !== 0)
      .map((device) => {
        const node = nodes.get(device.at);
        if (node === undefined) throw invalid(`device "${device.id}" is at unknown bus "${device.at}"`);
        return { device, node };
      });
  }

  /** @param loadScale factor of the profile on all loads */
  apply(loadScale: number): void {
    const { p, q, baseMva } = this.grid;
    for (let node = 0; node < p.length; node++) {
      p[node] = (this.fixedP[node] ?? 0) + (this.loadP[node] ?? 0) * loadScale;
      q[node] = (this.fixedQ[node] ?? 0) + (this.loadQ[node] ?? 0) * loadScale;
    }
    if (this.grid.voltageDependent) this.followVoltage(loadScale);
    for (const { device, node } of this.placed) {
      if (node < 0) continue;
      p[node] = (p[node] ?? 0) + (device.direction * device.state.pMw) / baseMva;
      q[node] = (q[node] ?? 0) + (device.direction * device.state.qMvar) / baseMva;
    }
  }

  private followVoltage(loadScale: number): void {
    const { currentPart, impedancePart } = this.grid;
    for (let at = 0; at < currentPart.length; at++) {
      currentPart[at] = (this.currentPart[at] ?? 0) * loadScale;
      impedancePart[at] = (this.impedancePart[at] ?? 0) * loadScale;
    }
  }
}
