import assert from 'node:assert/strict';
import path from 'node:path';
import { runInNodeRed } from '../../support/run-in-node-red.js';
import type { Heard, Report } from './grid.program.js';

interface Summary {
  step: number;
  done: boolean;
  converged: boolean;
  reason?: string;
  silent: string[];
  agents: { id: string; reward: number }[];
}

interface State {
  agent_id: string;
  device_type: string;
  P_MW: number;
  SOC?: number;
}

describe('grid nodes in Node-RED', function () {
  this.timeout(60_000);
  let report: Report;
  const by = (name: string): Heard[] => report.heard.filter((each) => each.by === name);
  const summaries = (name: string): Summary[] => by(name).map(({ payload }) => payload as Summary);

  before(async () => {
    report = await runInNodeRed<Report>(path.join(__dirname, 'grid.program.ts'));
  });

  it('the example runs a day of 24 steps in under ten seconds', () => {
    const day = summaries('summary');
    assert.deepEqual(
      day.map(({ step }) => step),
      Array.from({ length: 24 }, (_, index) => index + 1),
    );
    assert.ok(day.every(({ converged }) => converged));
    assert.deepEqual(
      day.map(({ done }) => done),
      Array.from({ length: 24 }, (_, index) => index === 23),
    );
    assert.ok(report.dayMs < 10_000);
  });

  it('the first output is the network state, the second the device states', () => {
    const [network] = by('network state').map(({ payload }) => payload as Record<string, unknown>);
    assert.deepEqual(Object.keys(network ?? {}), ['voltages', 'line_loading', 'converged']);
    const noon = by('device states')[10]?.payload as State[];
    const battery = noon.find(({ agent_id }) => agent_id === 'MG1-ESS1');
    assert.equal(battery?.P_MW, 0.25);
    assert.ok((battery.SOC ?? 0) > 0.5);
  });

  it('over a broker, devices in other nodes follow their setpoints', () => {
    const [, second] = summaries('summary over the broker');
    assert.deepEqual([second?.step, second?.silent], [2, []]);
    const reported = by('reported states').flatMap(({ payload }) => payload as State[]);
    assert.equal(reported.length, 24);
    const charged = reported.filter(({ agent_id, P_MW }) => agent_id === 'MG1-ESS1' && P_MW === 0.2);
    assert.equal(charged.length, 1);
  });

  it('names the devices that do not answer in time, and goes on', () => {
    const [step] = summaries('lonely');
    assert.equal(step?.converged, true);
    const missing = ['MG1', 'MG3'].flatMap((id) =>
      ['ESS1', 'DG1', 'PV1', 'WT1'].map((one) => `${id}-${one}`),
    );
    assert.deepEqual(step.silent, missing);
  });

  it('refuses actions for unknown agents, actions that are no numbers, and settings that cannot work', () => {
    const told = by('caught').map(({ error }) => error?.message ?? '');
    assert.match(told[0] ?? '', /MG9: is not an agent of this environment/);
    assert.match(told[1] ?? '', /MG1-ESS1: P_MW must be a number/);
    assert.match(told[2] ?? '', /environment: must be one of ieee13, three-microgrids/);
  });

  it('gives a step without solution as a result with its reason', () => {
    const [step] = summaries('collapsed');
    assert.equal(step?.converged, false);
    assert.match(step.reason ?? '', /load may exceed|not a number|singular/);
  });

  it('solves a large network elsewhere, and lets others have their turn meanwhile', () => {
    const [first, second] = summaries('large network');
    assert.deepEqual([first?.step, first?.converged], [1, true]);
    assert.deepEqual([second?.step, second?.converged], [2, false]);
    assert.match(second?.reason ?? '', /load may exceed/);
    assert.ok(report.turns > 20, `${report.turns} turns`);
  });

  it('takes steps by its own clock', () => {
    assert.deepEqual(
      summaries('ticked')
        .slice(0, 2)
        .map(({ step }) => step),
      [1, 2],
    );
  });
});
