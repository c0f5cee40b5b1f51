import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BUILT_IN_NETWORKS } from '../../../../src/grid/built-in/built-in.js';
import type { Network } from '../../../../src/grid/network/network.js';
import { PowerFlow } from '../../../../src/grid/power-flow/power-flow.js';
import { report, solvePowerFlow } from '../../../../src/grid/power-flow/report.js';

/** A meshed network of random size: a random tree with extra links, loads, and a voltage-holding generator. */
const networks = fc
  .record({
    parents: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 2, maxLength: 25 }),
    extra: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }),
    loads: fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: -0.3, max: 0.5, noNaN: true })),
    ),
    heldBus: fc.option(fc.nat(), { nil: undefined }),
    ratio: fc.double({ min: 0.95, max: 1.05, noNaN: true }),
    shift: fc.double({ min: -10, max: 10, noNaN: true }),
  })
  .map(({ parents, extra, loads, heldBus, ratio, shift }): Network => {
    const count = parents.length + 1;
    const tree = parents.map((part, index) => [Math.floor(part * (index + 1)), index + 1] as const);
    const mesh = extra.map(([a, b]) => [a % count, b % count] as const).filter(([a, b]) => a !== b);
    return {
      name: 'random',
      baseMva: 10,
      buses: Array.from({ length: count }, (_, index) => ({ id: `b${index}`, nominalKv: 20 })),
      sources: [{ id: 'grid', bus: 'b0', vmPu: 1.02, vaDegree: 7 }],
      lines: [...tree, ...mesh].map(([from, to], index) => ({
        ...{ id: `l${index}`, from: `b${from}`, to: `b${to}`, lengthKm: 1 + (index % 5) },
        ...{ rOhmPerKm: 0.1, xOhmPerKm: 0.12, cNfPerKm: 200 },
      })),
      branches: [
        { id: 't', from: 'b0', to: 'b1', rPu: 0.001, xPu: 0.05, bPu: 0.01, ratio, shiftDegree: shift },
      ],
      loads: loads.map(([pMw, qMvar], index) => ({
        id: `d${index}`,
        bus: `b${(index * 7) % count}`,
        pMw,
        qMvar,
      })),
      shunts: [{ id: 's', bus: `b${count - 1}`, pMw: 0.01, qMvar: -0.2 }],
      generators:
        heldBus === undefined || heldBus % count === 0
          ? []
          : [{ id: 'g', bus: `b${heldBus % count}`, pMw: 0.5, vmPu: 1.01 }],
    };
  });

describe('power flow', () => {
  it('balances power at every bus', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const result = solvePowerFlow(network);
        fc.pre(result.converged);
        for (const { id, vmPu } of result.buses) {
          let p = 0;
          let q = 0;
          for (const [index, branch] of [...(network.lines ?? []), ...(network.branches ?? [])].entries()) {
            const flow = result.branches[index]!;
            if (branch.from === id) [p, q] = [p + flow.pFromMw, q + flow.qFromMvar];
            if (branch.to === id) [p, q] = [p + flow.pToMw, q + flow.qToMvar];
          }
          for (const { bus, pMw, qMvar } of [...(network.loads ?? [])]) {
            if (bus === id) [p, q] = [p + pMw, q + qMvar];
          }
          for (const { bus, pMw, qMvar } of network.shunts ?? []) {
            if (bus === id) [p, q] = [p + pMw * vmPu ** 2, q + qMvar * vmPu ** 2];
          }
          for (const source of result.sources) if (id === 'b0') [p, q] = [p - source.pMw, q - source.qMvar];
          const held = network.generators?.find(({ bus }) => bus === id);
          if (held !== undefined) {
            p -= held.pMw;
            assert.ok(Math.abs(vmPu - held.vmPu) < 1e-12, 'a held voltage moved');
            q = 0;
          }
          assert.ok(
            Math.abs(p) / network.baseMva < 1e-8 && Math.abs(q) / network.baseMva < 1e-8,
            `bus ${id}: ${p}, ${q}`,
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same voltages whatever the order of the buses', () => {
    fc.assert(
      fc.property(networks, (network) => {
        const straight = solvePowerFlow(network);
        const turned = solvePowerFlow({ ...network, buses: [...network.buses].reverse() });
        assert.equal(turned.converged, straight.converged);
        const voltages = new Map(turned.buses.map(({ id, vmPu }) => [id, vmPu]));
        for (const { id, vmPu } of straight.buses)
          assert.ok(Math.abs(vmPu - (voltages.get(id) ?? NaN)) < 1e-9);
      }),
      { numRuns: 50 },
    );
  });

  it('takes a branch with both ends at one bus as MATPOWER does, and says so', () => {
    const loop = { from: '2', to: '2', rPu: 0.02, xPu: 0.2, bPu: 0.3 };
    const result = solvePowerFlow({
      ...{ name: 'loops', baseMva: 100, buses: ['1', '2'].map((id) => ({ id, nominalKv: 110 })) },
      sources: [{ id: 'grid', bus: '1', vmPu: 1.02 }],
      branches: [
        { id: 'line', from: '1', to: '2', rPu: 0.01, xPu: 0.1, bPu: 0.02 },
        { ...loop, id: 'shifter', ratio: 1.05, shiftDegree: 10 },
        { ...loop, id: 'plain' },
      ],
      loads: [{ id: 'd', bus: '2', pMw: 50, qMvar: 10 }],
    });
    // By the admittance matrix of pypower's makeYbus.
    assert.ok(Math.abs(result.buses[1]!.vmPu - 1.0505777028573078) < 1e-12);
    assert.ok(Math.abs(result.buses[1]!.vaDegree + 2.9730199927883536) < 1e-11);
    assert.deepEqual(
      result.warnings.map((warning) => warning.slice(0, 45)),
      ['branch "shifter" has both ends at bus "2": it', 'branch "plain" has both ends at bus "2": it c'],
    );
  });

  it('gives equal voltages on equal branches', () => {
    const arms = ['left', 'right', 'middle'];
    const network: Network = {
      name: 'star',
      baseMva: 1,
      buses: ['hub', ...arms].map((id) => ({ id, nominalKv: 10 })),
      sources: [{ id: 'grid', bus: 'hub', vmPu: 1 }],
      lines: arms.map((to) => ({ id: to, from: 'hub', to, lengthKm: 3, rOhmPerKm: 0.4, xOhmPerKm: 0.3 })),
      loads: arms.map((bus) => ({ id: bus, bus, pMw: 1, qMvar: 0.4 })),
    };
    const { buses, branches, losses } = solvePowerFlow(network);
    assert.deepEqual(new Set(buses.slice(1).map(({ vmPu }) => vmPu)).size, 1);
    const loss = (branches[0]?.pFromMw ?? NaN) - 1;
    assert.ok(Math.abs(losses.pMw - 3 * loss) < 1e-9);
  });

  it('agrees with the hand calculation of one line', () => {
    // |V2|^2 from the quadratic of a line r + jx with load P + jQ: v^2 + (2(Pr + Qx) - 1) v + (P^2+Q^2)|z|^2 = 0.
    const [r, x, p, q] = [0.02, 0.04, 0.8, 0.3];
    const b = 2 * (p * r + q * x) - 1;
    const expected = Math.sqrt((-b + Math.sqrt(b * b - 4 * (p * p + q * q) * (r * r + x * x))) / 2);
    const { buses, losses } = solvePowerFlow({
      name: 'line',
      baseMva: 1,
      buses: [
        { id: 'a', nominalKv: 0 },
        { id: 'b', nominalKv: 0 },
      ],
      sources: [{ id: 'grid', bus: 'a', vmPu: 1 }],
      branches: [{ id: 'ab', from: 'a', to: 'b', rPu: r, xPu: x }],
      loads: [{ id: 'd', bus: 'b', pMw: p, qMvar: q }],
    });
    assert.ok(Math.abs((buses[1]?.vmPu ?? NaN) - expected) < 1e-12);
    assert.ok(Math.abs(losses.pMw - (r * (p * p + q * q)) / expected ** 2) < 1e-12);
  });

  it('finds the same solution from a warm start, with and without kept factors, and sweeps agree', () => {
    for (const options of [{}, { keepFactors: true }, { method: 'sweep' as const }]) {
      const flow = new PowerFlow(BUILT_IN_NETWORKS['cigre-mv'](), options);
      flow.solve();
      for (const factor of [1.02, 0.97, 0.5, 1.2]) {
        for (const load of flow.network.loads ?? []) load.scaling = factor;
        flow.reschedule();
        assert.equal(flow.solve('warm').converged, true);
        const fresh = solvePowerFlow(flow.network);
        report(flow).buses.forEach(({ vmPu, vaDegree }, index) => {
          assert.ok(Math.abs(vmPu - fresh.buses[index]!.vmPu) < 1e-8);
          assert.ok(Math.abs(vaDegree - fresh.buses[index]!.vaDegree) < 1e-6);
        });
      }
    }
  });

  it('recovers by itself after a step without a solution', () => {
    const flow = new PowerFlow(BUILT_IN_NETWORKS.case33());
    for (const load of flow.network.loads ?? []) load.scaling = 50;
    flow.reschedule();
    assert.equal(flow.solve('warm').converged, false);
    for (const load of flow.network.loads ?? []) load.scaling = 1;
    flow.reschedule();
    assert.equal(flow.solve('warm').converged, true);
  });
});

describe('power flow without a solution', () => {
  function changed(change: (network: Network) => void, options = {}): ReturnType<typeof solvePowerFlow> {
    const network = BUILT_IN_NETWORKS.ieee13();
    change(network);
    return solvePowerFlow(network, options);
  }

  for (const method of ['newton-raphson', 'sweep'] as const) {
    it(`solves the supplied part and names the buses of an island (${method})`, () => {
      const result = changed((network) => (network.switches![0]!.closed = false), { method });
      assert.equal(result.converged, true);
      assert.deepEqual(result.unsupplied, ['692', '675']);
      assert.ok(result.buses.every(({ id, vmPu }) => !['692', '675'].includes(id) && vmPu > 0.9));
      assert.ok(Number.isFinite(result.losses.pMw));
    });

    it(`says that no source reaches anything (${method})`, () => {
      const result = changed((network) => (network.sources[0]!.inService = false), { method });
      assert.equal(result.converged, false);
      assert.match(result.reason ?? '', /^no source reaches bus "\w+", .* and \d+ more$/);
    });

    it(`says that a schedule is not a number (${method})`, () => {
      const flow = new PowerFlow(BUILT_IN_NETWORKS.ieee13(), { method });
      flow.grid.p[3] = NaN;
      assert.equal(flow.solve().converged, false);
      assert.match(flow.failureText() ?? '', /not a number/);
      flow.reschedule();
      assert.equal(flow.solve('warm').converged, true);
    });

    it(`ends on an impossible load (${method})`, () => {
      const result = changed((network) => (network.loads![0]!.pMw = 1e9), { method });
      assert.equal(result.converged, false);
      assert.match(result.reason ?? '', /load may exceed|not a number|singular/);
    });
  }

  it('names the bus of a singular equation', () => {
    // A series capacitor beside an equal inductor: no admittance is left between the buses.
    const result = solvePowerFlow({
      name: 'resonance',
      baseMva: 1,
      buses: ['a', 'b'].map((id) => ({ id, nominalKv: 0 })),
      sources: [{ id: 'grid', bus: 'a', vmPu: 1 }],
      branches: [
        { id: 'first', from: 'a', to: 'b', rPu: 0, xPu: 0.1 },
        { id: 'second', from: 'a', to: 'b', rPu: 0, xPu: -0.1 },
      ],
      loads: [{ id: 'd', bus: 'b', pMw: 0.5, qMvar: 0 }],
    });
    assert.equal(result.converged, false);
    assert.equal(result.reason, 'the equations are singular at bus "b"');
  });

  it('refuses the sweep where it does not apply', () => {
    const meshed = BUILT_IN_NETWORKS.case33();
    for (const line of meshed.lines ?? []) line.inService = true;
    assert.throws(() => new PowerFlow(meshed, { method: 'sweep' }), { code: 'GRID_SETTING_INVALID' });
    assert.equal(solvePowerFlow(meshed).converged, true);
  });
});

describe('reactive limits', () => {
  /** A generator at the end of a line that must give reactive power to hold its voltage. */
  function network(minQMvar: number, maxQMvar: number, vmPu: number): Network {
    return {
      name: 'limits',
      baseMva: 100,
      buses: ['a', 'b'].map((id) => ({ id, nominalKv: 110 })),
      sources: [{ id: 'grid', bus: 'a', vmPu: 1 }],
      lines: [{ id: 'ab', from: 'a', to: 'b', lengthKm: 40, rOhmPerKm: 0.1, xOhmPerKm: 0.4 }],
      loads: [{ id: 'd', bus: 'b', pMw: 80, qMvar: 30 }],
      generators: [{ id: 'g', bus: 'b', pMw: 20, vmPu, minQMvar, maxQMvar }],
    };
  }

  function given(one: Network): { q: number; vm: number } {
    const result = solvePowerFlow(one, { reactiveLimits: true });
    assert.equal(result.converged, true, result.reason);
    // What the line delivers at bus b is the load less the generator.
    return { q: 30 + (result.branches[0]?.qToMvar ?? NaN), vm: result.buses[1]?.vmPu ?? NaN };
  }

  it('holds the voltage within the limits', () => {
    const { q, vm } = given(network(-100, 100, 1));
    assert.ok(Math.abs(vm - 1) < 1e-12);
    assert.ok(q > 40 && q < 60);
  });

  it('gives the upper limit and lets the voltage fall', () => {
    const { q, vm } = given(network(-10, 25, 1));
    assert.ok(Math.abs(q - 25) < 1e-5, `q ${q}`);
    assert.ok(vm < 0.99);
  });

  it('gives the lower limit and lets the voltage rise', () => {
    const { q, vm } = given(network(-10, 25, 0.85));
    assert.ok(Math.abs(q + 10) < 1e-5, `q ${q}`);
    assert.ok(vm > 0.86);
  });
});
