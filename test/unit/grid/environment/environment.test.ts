import assert from 'node:assert/strict';
import { ieee13 } from '../../../../src/grid/built-in/ieee13.js';
import type { Conditions } from '../../../../src/grid/devices/device.js';
import { ieee13Environment, threeMicrogridsEnvironment } from '../../../../src/grid/environment/built-in.js';
import type { EnvironmentConfig } from '../../../../src/grid/environment/config.js';
import { GridEnvironment, type Actions } from '../../../../src/grid/environment/environment.js';
import type { Network } from '../../../../src/grid/network/network.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';
import { summaryDocument } from '../../../../nodes/messages/grid-messages.js';
import { example, frame, TRAFO } from '../../../support/pandapower-example.js';

const EVENING: Conditions = {
  loadScale: 0.5,
  irradianceWPerM2: 0,
  ambientC: 10,
  windMPerS: 0,
  pricePerMwh: 80,
};

function close(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  assert.ok(
    Math.abs((actual ?? NaN) - expected) < tolerance,
    `${actual ?? 'missing'} instead of ${expected}`,
  );
}

describe('grid environment', () => {
  it('gives the power flow of its loads and devices', () => {
    // The case that the facts about the original were checked with: half load, 0.4 MW / 0.1 Mvar generated at 675,
    // 0.3 MW charged at 645 give 1.87072 MW and 1.15606 Mvar from the substation and 0.96247 pu at 675.
    const environment = new GridEnvironment({ ...ieee13Environment(), conditions: [EVENING] });
    const result = environment.step({ MG: { DG1: { pMw: 0.4, qMvar: 0.1 }, ESS1: { pMw: 0.3 } } });
    assert.equal(result.converged, true, result.reason);
    close(result.sources[0]?.pMw, 1.87072, 5e-6);
    close(result.sources[0]?.qMvar, 1.15606, 5e-6);
    const at675 = environment.network.buses.findIndex(({ id }) => id === '675');
    close(result.voltages[at675] ?? undefined, 0.96247, 5e-6);
  });

  it('says of a step where the voltages are far from nominal', () => {
    const network: Network = {
      ...{ name: 'apart', baseMva: 100 },
      buses: ['a', 'b', 'c'].map((id) => ({ id, nominalKv: 110 })),
      sources: [
        { id: 'a', bus: 'a', vmPu: 1 },
        { id: 'c', bus: 'c', vmPu: 1, vaDegree: 170 },
      ],
      branches: ['a', 'c'].map((from) => ({ id: from, from, to: 'b', rPu: 0.01, xPu: 0.1 })),
    };
    const result = new GridEnvironment({ network, agents: [] }).step();
    assert.equal(result.converged, true, result.reason);
    assert.match(result.doubt ?? '', /far from nominal/);
    assert.equal(summaryDocument(result)['doubt'], result.doubt);
    const usual = new GridEnvironment({ ...ieee13Environment(), conditions: [EVENING] }).step();
    assert.equal('doubt' in usual, false);
  });

  it('judges cost, safety and reward as written', () => {
    const environment = new GridEnvironment({
      ...ieee13Environment(),
      conditions: [EVENING],
      stepHours: 0.5,
    });
    const result = environment.step({ MG: { DG1: { pMw: 0.3 }, DG2: { pMw: 0.2, on: true } } });
    const diesel = (100 * 0.09 + 51.6 * 0.3 + 0.4615 + 100 * 0.04 + 72.4 * 0.2 + 0.5011) * 0.5;
    const imported = (result.sources[0]?.pMw ?? NaN) * 80 * 0.5;
    const low = result.voltages.reduce((sum: number, vm) => sum + Math.max(0, 0.95 - (vm ?? 1)), 0);
    const [agent] = result.agents;
    close(agent?.cost, diesel + imported);
    close(agent?.safety, low * 0.5);
    close(agent?.reward, -(diesel + imported) - 10 * low * 0.5);
  });

  it('counts loading beyond 100 percent', () => {
    const environment = new GridEnvironment({
      ...{ network: 'ieee13', agents: [{ id: 'A', devices: [], area: '633' }] },
      conditions: [{ ...EVENING, loadScale: 1 }],
    });
    const { agents, transformerLoading, voltages } = environment.step();
    const at633 = environment.network.buses.findIndex(({ id }) => id === '633');
    const low = Math.max(0, 0.95 - (voltages[at633] ?? 1));
    close(agents[0]?.safety, low + 0.01 * ((transformerLoading[1] ?? NaN) - 100));
  });

  it('runs an episode, says when it ends, and repeats it from the same seed', () => {
    const run = (seed: number): unknown[] => {
      const environment = new GridEnvironment(threeMicrogridsEnvironment());
      environment.reset(seed);
      return Array.from({ length: 24 }, () => environment.step());
    };
    const first = run(7) as { done: boolean; step: number }[];
    assert.deepEqual(first, run(7));
    assert.notDeepEqual(first, run(8));
    assert.deepEqual(
      first.map(({ done }) => done),
      Array.from({ length: 24 }, (_, index) => index === 23),
    );
  });

  it('settles what remote devices report to the same result, and names those that are silent', () => {
    const actions: Actions = { MG: { DG1: { pMw: 0.3 }, ESS1: { pMw: -0.2 } } };
    const here = new GridEnvironment(ieee13Environment());
    const there = new GridEnvironment(ieee13Environment());
    const moved = here.step(actions);
    const states = new Map(moved.devices.map(({ id, ...state }) => [id, state]));
    assert.deepEqual(there.settle(states), moved);
    states.delete('DG1');
    const next = there.settle(states);
    assert.deepEqual(next.silent, ['DG1']);
    close(next.devices.find(({ id }) => id === 'DG1')?.pMw, 0.3);
  });

  it('trades between agents with and without energy to spare', () => {
    const config = threeMicrogridsEnvironment();
    const environment = new GridEnvironment({ ...config, conditions: [{ ...EVENING, loadScale: 0.6 }] });
    const { trades, agents } = environment.step({
      MG1: { 'MG1-DG1': { pMw: 0.66 }, 'MG1-ESS1': { pMw: -0.5 } },
    });
    const [seller] = agents;
    assert.ok((seller?.netDemandMw ?? 0) < 0);
    close(
      trades.reduce((sum, { quantity }) => sum + quantity, 0),
      -(seller?.netDemandMw ?? NaN),
    );
    assert.deepEqual(new Set(trades.map(({ price }) => price)), new Set([50]));
  });

  it('goes on after a step without solution, with the rewards for failure', () => {
    const heavy = { ...EVENING, loadScale: 50 };
    const environment = new GridEnvironment({ ...ieee13Environment(), conditions: [heavy, EVENING] });
    const failed = environment.step();
    assert.equal(failed.converged, false);
    assert.match(failed.reason ?? '', /load may exceed|not a number|singular/);
    assert.deepEqual([failed.agents[0]?.safety, failed.agents[0]?.reward], [20, -400]);
    assert.deepEqual(failed.voltages, []);
    assert.equal(environment.step().converged, true);
  });

  it('shares rewards when asked', () => {
    const { agents } = new GridEnvironment({ ...threeMicrogridsEnvironment(), shareReward: true }).step();
    assert.equal(new Set(agents.map(({ reward }) => reward)).size, 1);
  });

  it('takes its network from a MATPOWER case or from pandapower', () => {
    const matpower = `function mpc = two
mpc.baseMVA = 10;
mpc.bus = [1 3 0 0 0 0 1 1 0 20 1 1.1 0.9; 2 1 2 1 0 0 1 1 0 20 1 1.1 0.9];
mpc.gen = [1 0 0 10 -10 1.02 100 1];
mpc.branch = [1 2 0.01 0.02 0 0 0 0 0 0 1];`;
    const pandapower = JSON.stringify({
      bus: [
        { id: 0, vn_kv: 20 },
        { id: 1, vn_kv: 20 },
      ],
      ext_grid: [{ id: 0, bus: 0, vm_pu: 1.02 }],
      load: [{ id: 0, bus: 1, p_mw: 2, q_mvar: 1 }],
      line: [{ id: 0, from_bus: 0, to_bus: 1, length_km: 1, r_ohm_per_km: 0.4, x_ohm_per_km: 0.8 }],
    });
    const conditions = [{ ...EVENING, loadScale: 1 }];
    // 0.4 and 0.8 ohm are 0.01 and 0.02 pu of 20 kV and 10 MVA: both describe one network.
    const [one, other] = [{ matpower }, { pandapower }].map((network) => {
      return new GridEnvironment({ network, agents: [], conditions }).step();
    });
    assert.equal(one?.converged, true);
    one.voltages.forEach((vm, index) => close(vm ?? NaN, other?.voltages[index] ?? NaN));
  });

  it("leaves its caller's network alone", () => {
    const network: Network = ieee13();
    const copy = structuredClone(network);
    new GridEnvironment({ ...ieee13Environment(), network }).step();
    assert.deepEqual(network, copy);
    assert.equal(solvePowerFlow(network).converged, true);
  });

  const REFUSED: [Partial<EnvironmentConfig>, RegExp][] = [
    [{ network: 'ieee99' as 'ieee13' }, /network "ieee99" is not one of ieee13, ieee34/],
    [{ stepHours: 0 }, /stepHours must be a number greater than zero, found 0/],
    [{ conditions: [] }, /conditions must hold at least one step/],
    [
      { agents: [{ id: 'A', devices: [{ id: 'p', kind: 'pv', bus: 'nowhere', ratedMw: 1 }] }] },
      /device "p" is at unknown bus "nowhere"/,
    ],
    [
      { agents: [{ id: 'A', devices: [{ id: 's', kind: 'shunt', shunt: 'none', maxPosition: 1 }] }] },
      /device "s" moves "none", which the network does not have/,
    ],
    [{ agents: [{ id: 'A', devices: [], tie: { source: 'none' } }] }, /its tie names unknown source "none"/],
    [
      {
        agents: [
          { id: 'A', devices: [] },
          { id: 'A', devices: [] },
        ],
      },
      /agent "A" occurs twice/,
    ],
  ];
  const WRONG: [object, RegExp][] = [
    [{ network: null }, /network must not be null/],
    [{ agents: [null] }, /agent 1 must be an object/],
    [{ agents: [{ id: 7, devices: [] }] }, /agent 1: id must be a text that is not empty, found 7/],
    [{ agents: [{ id: 'A' }] }, /agent "A": devices must be a list, found nothing/],
    [{ agents: [{ id: 'A', devices: [null] }] }, /a device are not usable: it must be an object/],
    [{ agents: [{ id: 'A', devices: [], tie: null }] }, /agent "A": tie must be an object, found null/],
    [{ agents: [{ id: 'A', devices: [], marginalCost: '9' }] }, /marginalCost must be a number, found "9"/],
    [{ conditions: null }, /conditions must be a list, found null/],
    [
      { conditions: [{ loadScale: 1 }] },
      /conditions, step 1: irradianceWPerM2 must be a number, found nothing/,
    ],
    [{ loadScale: '2' }, /loadScale must be a number, found "2"/],
    [{ stepHours: 1e308 }, /stepHours must be a number greater than zero/],
    [{ trade: 'yes' }, /trade must be true or false, found "yes"/],
    [{ powerFlow: null }, /powerFlow must be an object, found null/],
    [
      { powerFlow: { method: 'gauss' } },
      /powerFlow.method must be "newton-raphson" or "sweep", found "gauss"/,
    ],
    [{ powerFlow: { start: 'cold' } }, /start must be one of/],
    [{ powerFlow: { tolerancePu: 0 } }, /powerFlow.tolerancePu must be a number greater than 0/],
    [{ powerFlow: { maximumIterations: 1e9 } }, /maximumIterations must be a whole number from 1 to 1000/],
    [{ powerFlow: { keepFactors: 1 } }, /powerFlow.keepFactors must be true or false, found 1/],
  ];
  const STRANGE: [object, RegExp][] = [
    [{ loadscale: 2 }, /the environment: loadscale is not known; it may have network, agents, loadScale/],
    [{ powerFlow: { tolerance: 1 } }, /powerFlow: tolerance is not known/],
    [{ agents: [{ id: 'A', devices: [], marginalcost: 1 }] }, /agent "A": marginalcost is not known/],
    [{ network: { matpower: '', phaseshift: 'on' } }, /network: phaseshift is not known/],
    [
      { agents: [{ id: 'A', devices: [{ id: 'p', kind: 'pv', bus: '652', ratedMw: 1, ratedMVA: 1 }] }] },
      /device "p" are not usable: ratedMVA is not known/,
    ],
  ];
  for (const [change, message] of [...REFUSED, ...WRONG, ...STRANGE]) {
    it(`is refused with a reason: ${message.source.slice(0, 50)}`, () => {
      assert.throws(() => new GridEnvironment({ ...ieee13Environment(), ...change }), {
        ...{ code: 'GRID_SETTING_INVALID', message },
      });
    });
  }

  it('says what its reader has to say of the file', () => {
    const pandapower = example({ controller: frame(['in_service'], [true]) });
    const { warnings } = new GridEnvironment({ network: { pandapower }, agents: [] });
    assert.match(warnings.join(), /controllers are not run/);
    assert.deepEqual(new GridEnvironment(ieee13Environment()).warnings, []);
  });

  it('starts its power flows where it is told to, and turns vector groups as it is told to', () => {
    const bus = frame(['vn_kv'], [20], [0.4], [0.4]);
    const trafo = frame([...TRAFO, 'shift_degree'], [0, 1, 0.4, 20, 0.4, 4, 1, 0.9, 0.2, 150]);
    const empty = { line: frame(['bus']), shunt: frame(['bus']), switch: frame(['bus']) };
    const pandapower = example({ version: '2.0.0', bus, trafo, ...empty });
    const shift = (network: EnvironmentConfig['network']): number | undefined =>
      new GridEnvironment({ network, agents: [] }).network.transformers?.[0]?.shiftDegree;
    assert.deepEqual([shift({ pandapower }), shift({ pandapower, phaseShift: 'on' })], [0, 150]);
    const flat = new GridEnvironment({ network: 'ieee13', agents: [], powerFlow: { start: 'flat' } });
    const warm = new GridEnvironment({ network: 'ieee13', agents: [] });
    for (let step = 0; step < 3; step++) {
      const [a, b] = [flat.step(), warm.step()];
      a.voltages.forEach((vm, at) => assert.ok(Math.abs((vm ?? NaN) - (b.voltages[at] ?? NaN)) < 1e-9));
    }
  });
});
