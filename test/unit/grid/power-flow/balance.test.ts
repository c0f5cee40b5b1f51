import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Network } from '../../../../src/grid/network/network.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';
import { powerImbalance } from '../../../support/independent-power.js';

const part = fc.double({ min: 0, max: 0.999, noNaN: true });

/** A random mesh of everything: hidden islands, isolated buses, phase shifters, open ends, junk, several sources. */
const networks = fc
  .record({
    parents: fc.array(fc.option(part, { freq: 12, nil: undefined }), { minLength: 2, maxLength: 18 }),
    extra: fc.array(fc.tuple(part, part), { maxLength: 6 }),
    dead: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 2 }),
    off: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 2 }),
    shift: fc.constantFrom(0, 30, -30, 150, 5),
    ratio: fc.double({ min: 0.9, max: 1.1, noNaN: true }),
    zero: fc.boolean(),
    loads: fc.array(fc.tuple(part, part, fc.constantFrom(0, 0.4)), { maxLength: 12 }),
    second: fc.option(part, { nil: undefined }),
    held: fc.option(part, { nil: undefined }),
    open: fc.array(fc.tuple(part, fc.boolean()), { maxLength: 2 }),
  })
  .map((draw): Network => {
    const count = draw.parents.length + 1;
    const at = (value: number): string => `b${Math.floor(value * count)}`;
    const tree = draw.parents.flatMap((one, index) =>
      one === undefined ? [] : [[`b${Math.floor(one * (index + 1))}`, `b${index + 1}`] as const],
    );
    // Some of them end where they begin.
    const mesh = draw.extra.map(([a, b]) => [at(a), at(b)] as const);
    const ends = [...tree, ...mesh];
    const lines = ends.filter((_, index) => index % 3 !== 1);
    const branches = ends.filter((_, index) => index % 3 === 1);
    return {
      ...{ name: 'random', baseMva: 10 },
      buses: Array.from({ length: count }, (_, index) => ({
        ...{ id: `b${index}`, nominalKv: 20, inService: !draw.dead.includes(index) },
      })),
      sources: [
        { id: 'grid', bus: 'b0', vmPu: 1.02, vaDegree: 7 },
        ...(draw.second === undefined || at(draw.second) === 'b0'
          ? []
          : [{ id: 'other', bus: at(draw.second), vmPu: 1.01, vaDegree: 6 }]),
      ],
      lines: lines.map(([from, to], index) => ({
        ...{ id: `l${index}`, from, to, lengthKm: draw.zero && index === 2 ? 1e-9 : 1 + (index % 5) },
        ...{ rOhmPerKm: 0.1, xOhmPerKm: 0.12, cNfPerKm: 200, inService: !draw.off.includes(index) },
      })),
      branches: branches.map(([from, to], index) => ({
        ...{ id: `t${index}`, from, to, rPu: 0.001, xPu: index % 4 === 3 ? -0.03 : 0.05, bPu: 0.01 },
        ...{ ratio: draw.ratio, shiftDegree: index === 0 ? draw.shift : 0 },
      })),
      loads: draw.loads.map(([where, size, current], index) => ({
        ...{ id: `d${index}`, bus: at(where), pMw: size, qMvar: size / 3 },
        ...{ currentPartP: current, impedancePartQ: current / 2 },
      })),
      shunts: [{ id: 's', bus: `b${count - 1}`, pMw: 0.01, qMvar: -0.2 }],
      generators:
        draw.held === undefined || ['b0', at(draw.second ?? 0)].includes(at(draw.held))
          ? []
          : [{ id: 'g', bus: at(draw.held), pMw: 0.5, vmPu: 1.01 }],
      switches: draw.open.flatMap(([which, end], index) => {
        const line = Math.floor(which * lines.length);
        const [from, to] = lines[line] ?? [];
        const bus = end ? to : from;
        return bus === undefined || from === to
          ? []
          : [{ id: `o${index}`, bus, element: `l${line}`, elementKind: 'line' as const, closed: false }];
      }),
    };
  });

describe('power balance, from admittances built in another way', () => {
  it('holds at every bus of whatever is said to be solved', () => {
    let solved = 0;
    fc.assert(
      fc.property(networks, (network) => {
        const result = solvePowerFlow(network);
        if (!result.converged) return;
        solved++;
        const { worst, bus, scale } = powerImbalance(network, result);
        assert.ok(worst <= Math.max(2e-8, 4e-15 * scale), `bus ${bus}: ${worst} pu, of ${scale}`);
        for (const { vmPu, vaDegree } of result.buses) assert.ok(vmPu > 0 && Number.isFinite(vaDegree));
        const silent = new Set(result.unsupplied);
        assert.ok(result.buses.every(({ id }) => !silent.has(id)));
        assert.equal(
          result.buses.length + silent.size,
          network.buses.filter(({ inService }) => inService !== false).length,
        );
      }),
      { numRuns: 400 },
    );
    assert.ok(solved > 200, `${solved} solved`);
  });

  it('would show a single wrong voltage', () => {
    const network: Network = {
      ...{ name: 'two', baseMva: 10, buses: ['a', 'b'].map((id) => ({ id, nominalKv: 20 })) },
      sources: [{ id: 's', bus: 'a', vmPu: 1 }],
      lines: [{ id: 'l', from: 'a', to: 'b', lengthKm: 1, rOhmPerKm: 0.1, xOhmPerKm: 0.1 }],
      loads: [{ id: 'd', bus: 'b', pMw: 1, qMvar: 0 }],
    };
    const result = solvePowerFlow(network);
    assert.ok(powerImbalance(network, result).worst < 1e-8);
    result.buses[1]!.vmPu += 1e-6;
    assert.ok(powerImbalance(network, result).worst > 1e-5);
  });
});
