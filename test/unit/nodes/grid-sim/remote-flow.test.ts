import assert from 'node:assert/strict';
import { flowProcess, needsProcess, RemoteFlow } from '../../../../nodes/grid-sim/remote-flow.js';
import { GridwireError } from '../../../../src/errors.js';
import { GridEnvironment, type EnvironmentConfig, type Network } from '../../../../src/grid/index.js';
import type { UntrustedProcess } from '../../../../src/untrusted/untrusted-process.js';

/** A feeder with a tap changer that an agent moves, a load that follows the voltage, and a bus without supply. */
function feeder(): EnvironmentConfig {
  const network: Network = {
    ...{ name: 'feeder', baseMva: 10 },
    buses: [{ id: 'hv', nominalKv: 110 }, ...['a', 'b', 'alone'].map((id) => ({ id, nominalKv: 20 }))],
    sources: [{ id: 'grid', bus: 'hv', vmPu: 1 }],
    transformers: [
      {
        ...{ id: 't', hv: 'hv', lv: 'a', ratedMva: 25, hvKv: 110, lvKv: 20, vkPercent: 12, vkrPercent: 0.4 },
        tap: { side: 'hv', position: 0, neutral: 0, min: -9, max: 9, stepPercent: 1.5 },
      },
    ],
    lines: [{ id: 'l', from: 'a', to: 'b', lengthKm: 4, rOhmPerKm: 0.2, xOhmPerKm: 0.12 }],
    loads: [{ id: 'd', bus: 'b', pMw: 5, qMvar: 1, currentPartP: 0.3 }],
  };
  const tap = { id: 'tap', kind: 'tap-changer', transformer: 't', minPosition: -9, maxPosition: 9 } as const;
  return { network, agents: [{ id: 'A', devices: [tap] }] };
}

/** Feeders in a row, far too long for the load at their end. */
function tooLong(buses: number): EnvironmentConfig {
  const ids = Array.from({ length: buses }, (_, at) => `b${at}`);
  const lines = ids.slice(1).map((to, at) => ({
    ...{ id: `l${at}`, from: ids[at]!, to, lengthKm: 1, rOhmPerKm: 0.3, xOhmPerKm: 0.3 },
  }));
  const network: Network = {
    ...{ name: 'row', baseMva: 10, buses: ids.map((id) => ({ id, nominalKv: 20 })), lines },
    sources: [{ id: 'grid', bus: 'b0', vmPu: 1 }],
    loads: [{ id: 'd', bus: ids.at(-1)!, pMw: 50, qMvar: 10 }],
  };
  return { network, agents: [] };
}

describe('power flows in a process', function () {
  this.timeout(60_000);

  let process: UntrustedProcess;
  let remote: RemoteFlow;
  beforeEach(() => {
    process = flowProcess();
    remote = new RemoteFlow(process);
  });
  afterEach(() => remote.close());

  it('are those of more than 200 buses, or of more than 50 iterations', () => {
    const row = (buses: number): Network => tooLong(buses).network as Network;
    assert.deepEqual([needsProcess(row(200)), needsProcess(row(201))], [false, true]);
    const iterations = [50, 51].map((maximumIterations) => needsProcess(row(3), { maximumIterations }));
    assert.deepEqual(iterations, [false, true]);
  });

  it('give what they give here, over steps, moved taps, and a process that ended in between', async () => {
    const [here, there] = [new GridEnvironment(feeder()), new GridEnvironment(feeder())];
    for (const position of [0, 3, 3, -2, -2]) {
      const actions = { A: { tap: { position } } };
      const expected = here.step(actions);
      assert.equal(expected.converged, true);
      assert.equal(expected.voltages[3], null, 'the bus without supply');
      const { iterations, ...found } = await there.stepBy(remote.solve, actions);
      assert.ok(iterations >= 0);
      for (const [at, voltage] of found.voltages.entries())
        assert.ok(
          voltage === expected.voltages[at] ||
            Math.abs((voltage ?? NaN) - (expected.voltages[at] ?? NaN)) < 1e-9,
          `bus ${at}: ${voltage} and ${expected.voltages[at]}`,
        );
      assert.ok(Math.abs((found.sources[0]?.pMw ?? NaN) - (expected.sources[0]?.pMw ?? NaN)) < 1e-7);
      process.close();
    }
  });

  it('say why there is no solution, and let others have their turn while that is found out', async () => {
    const environment = new GridEnvironment(tooLong(400));
    let turns = 0;
    let ended = false;
    const turn = (): void => {
      turns += 1;
      if (!ended) setImmediate(turn);
    };
    setImmediate(turn);
    const result = await environment.stepBy(remote.solve);
    ended = true;
    assert.equal(result.converged, false);
    assert.equal(result.reason, new GridEnvironment(tooLong(400)).step().reason);
    assert.deepEqual([result.voltages, result.sources], [[], []]);
    assert.ok(turns > 10, `${turns} turns`);
  });

  it('are steps without solution where the process is stopped, and the simulation goes on', async () => {
    const environment = new GridEnvironment(feeder());
    const refusing = {
      run: () => Promise.reject(new GridwireError('COMPUTATION_STOPPED', 'It took more than 5 ms.')),
      close: () => undefined,
    } as unknown as UntrustedProcess;
    const failed = await environment.stepBy(new RemoteFlow(refusing).solve);
    assert.deepEqual([failed.step, failed.converged, failed.reason], [1, false, 'It took more than 5 ms.']);
    const next = await environment.stepBy(remote.solve);
    assert.deepEqual([next.step, next.converged], [2, true]);
  });

  it('start no process any more when the simulation is closed', async () => {
    remote.close();
    const { converged, reason } = await new GridEnvironment(feeder()).stepBy(remote.solve);
    assert.deepEqual([converged, reason], [false, 'the simulation was stopped']);
  });
});
