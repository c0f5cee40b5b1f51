import { BUILT_IN_ENVIRONMENTS, GridEnvironment } from '../src/grid/index.js';
import { importPandapower } from '../src/grid/network/pandapower/import.js';
import type { Network } from '../src/grid/network/network.js';
import { PowerFlow } from '../src/grid/power-flow/power-flow.js';
import { report } from '../src/grid/power-flow/report.js';
import { contingencies, studyRate, year, type Study } from './grid/studies.js';
import { preparePython, PythonPeer, pythonVersions } from './grid/python.js';
import type { Bench, Comparison, Contender } from './harness.js';

const SECONDS = 1;
/** Both sides stop at a mismatch of 1e-8 pu; further apart than this, one of them is wrong. */
const AGREEMENT = 1e-6;

const peer = new PythonPeer();
const networks = new Map<string, Network>();
const solutions = new Map<string, number[]>();

/** The very case that the peer solves, exported by it. */
async function networkOf(name: string): Promise<Network> {
  const known = networks.get(name);
  if (known !== undefined) return known;
  const { network } = await peer.ask({ export: name });
  const imported = importPandapower(String(network), { phaseShift: 'on' });
  networks.set(name, imported);
  return imported;
}

/** Calls per second of `work`, after it has run long enough to be compiled. */
function rateOf(work: () => void): number {
  const until = (end: number): number => {
    let count = 0;
    while (performance.now() < end) {
      for (let batch = 0; batch < 10; batch++) work();
      count += 10;
    }
    return count;
  };
  until(performance.now() + 300);
  const start = performance.now();
  return until(start + SECONDS * 1000) / ((performance.now() - start) / 1000);
}

function checkAgreement(name: string, vm: readonly number[]): void {
  const other = solutions.get(name);
  solutions.set(name, [...vm]);
  const apart = Math.max(...vm.map((value, index) => Math.abs(value - (other?.[index] ?? value))));
  if (!(apart < AGREEMENT)) throw new Error(`${name}: the solutions are ${apart} pu apart`);
}

function ours(name: string, what: string, work: (flow: PowerFlow) => () => void): Contender {
  return {
    name: what,
    run: async () => {
      const flow = new PowerFlow(await networkOf(name));
      if (!flow.solve().converged) throw new Error(`${name} does not converge`);
      checkAgreement(
        name,
        Array.from(flow.grid.nodeOfBus, (node) => flow.solver.vm[node]!),
      );
      return rateOf(work(flow));
    },
  };
}

function theirs(solver: string, name: string, what: string): Contender {
  return {
    name: what,
    run: async () => {
      const { rate, vm } = await peer.ask({ solver, case: name });
      checkAgreement(name, vm as number[]);
      return rate as number;
    },
  };
}

const FLAT = (flow: PowerFlow) => () => {
  flow.solver.solve('flat');
};

/** What `runpp` does: take the tables, solve, and give every bus and branch its results. */
const WHOLE = (flow: PowerFlow) => () => {
  flow.reschedule();
  flow.solve('flat');
  report(flow);
};

/** A step of a simulation: every load a little different, from the start given. */
function step(start: 'flat' | 'warm'): (flow: PowerFlow) => () => void {
  return (flow) => {
    const { p, q } = flow.grid;
    const [p0, q0] = [Float64Array.from(p), Float64Array.from(q)];
    let count = 0;
    return () => {
      count++;
      for (let node = 0; node < p.length; node++) {
        const factor = 1 + 0.03 * Math.sin(count + node);
        p[node] = p0[node]! * factor;
        q[node] = q0[node]! * factor;
      }
      flow.solver.solve(start);
    };
  };
}

function against(solver: string, id: string, name: string, target: number, what: string): Comparison {
  return {
    ...{ id: `grid/${id}`, unit: 'solutions/s', target },
    ours: ours(name, 'Newton-Raphson from flat, 1e-8 pu', FLAT),
    peer: theirs(solver, name, what),
  };
}

function batch(
  id: string,
  solver: string,
  name: string,
  study: (network: Network) => Study,
  what: string,
): Comparison {
  return {
    ...{ id: `grid/${id}`, unit: 'power flows/s', target: 0.7 },
    ours: {
      name: 'voltages, loadings and what exceeds its limit',
      run: async () => studyRate(study(await networkOf(name)), SECONDS),
    },
    peer: theirs(solver, name, what),
  };
}

/** What a step of the simulation has to reach, whatever else the machine does. */
const REQUIRED_STEPS = 5000;

const ENVIRONMENT: Comparison = {
  ...{ id: 'grid/three-microgrids', unit: 'steps/s', target: 1 },
  ours: {
    name: 'three microgrids: 12 devices, power flow of 75 buses, rewards, market',
    run: () => {
      const environment = new GridEnvironment(BUILT_IN_ENVIRONMENTS['three-microgrids']());
      const work = (): void => {
        if (!environment.step().converged) throw new Error('a step has no solution');
      };
      return Promise.resolve(rateOf(work));
    },
  },
  peer: { name: 'the rate that is asked for', run: () => Promise.resolve(REQUIRED_STEPS) },
};

const SCIPY = 'scipy, sparse Jacobian and splu per iteration';
const LIGHTSIM = 'lightsim2grid NR_KLU by its own clock';

function comparisons(): Comparison[] {
  const missing = preparePython();
  if (missing !== undefined) {
    console.log(`only the simulation is measured, because there is no peer: ${missing}`);
    return [ENVIRONMENT];
  }
  return [
    ENVIRONMENT,
    against('scipy', 'case33bw', 'case33bw', 300, SCIPY),
    against('scipy', 'case118', 'case118', 80, SCIPY),
    against('scipy', 'case1354pegase', 'case1354pegase', 10, SCIPY),
    {
      ...{ id: 'grid/pandapower-case14', unit: 'power flows/s', target: 500 },
      ours: ours('case14', 'tables in, named results out', WHOLE),
      peer: theirs('pandapower', 'case14', 'pandapower runpp'),
    },
    // "Within 1.5 times": 0.67 of its rate at least.
    against('lightsim2grid', 'lightsim2grid-case14', 'case14', 0.67, LIGHTSIM),
    against('lightsim2grid', 'lightsim2grid-case118', 'case118', 0.67, LIGHTSIM),
    against('lightsim2grid', 'lightsim2grid-case300', 'case300', 1, LIGHTSIM),
    against('lightsim2grid', 'lightsim2grid-case1354pegase', 'case1354pegase', 1, LIGHTSIM),
    against('lightsim2grid', 'lightsim2grid-case9241pegase', 'case9241pegase', 1, LIGHTSIM),
    batch(
      'n-1-case118',
      'contingencies',
      'case118',
      contingencies,
      'lightsim2grid ContingencyAnalysis with flows',
    ),
    batch('series-case118-8760', 'series', 'case118', year, 'lightsim2grid TimeSeries with flows'),
    // Its generators hold no voltage, which leaves distribution networks to compare.
    batch('series-case33bw-8760', 'power-grid-model', 'case33bw', year, 'power-grid-model, one batch'),
    {
      ...{ id: 'grid/warm-case118', unit: 'steps/s', target: 1 },
      ours: ours('case118', 'warm start, loads +-3 % per step', step('warm')),
      peer: ours('case118', 'flat start, the same loads', step('flat')),
    },
  ];
}

const bench: Bench = {
  description:
    'AC power flows per second on one core, from a flat start to 1e-8 pu, on the same cases as the peers.',
  needs: [],
  software: () => (preparePython() === undefined ? pythonVersions() : []),
  comparisons,
};

export default bench;
