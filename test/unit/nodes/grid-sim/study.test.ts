import assert from 'node:assert/strict';
import { readStudy, StudyRunner } from '../../../../nodes/grid-sim/study.js';
import type { ContingencyDocument, SeriesDocument } from '../../../../src/grid/studies/documents.js';
import { BUILT_IN_NETWORKS } from '../../../../src/grid/index.js';

const quiet = { progress: (): void => undefined, ended: (): void => undefined };

describe('studies of grid-sim', () => {
  it('takes every branch out and says what happens then', async () => {
    const network = BUILT_IN_NETWORKS.ieee13();
    const before = structuredClone(network);
    const request = readStudy('contingencies', { overloadPercent: 50 });
    assert.equal(request?.kind, 'contingencies');
    const seen: number[] = [];
    const runner = new StudyRunner(network, {
      ...quiet,
      progress: (done, total) => seen.push(done / total),
    });
    const study = (await runner.run(request)) as ContingencyDocument;
    assert.equal(study.contingencies.length, 11);
    const line = study.contingencies.find(({ id }) => id === '692-675');
    assert.deepEqual([line?.lost, line?.converged], [['675'], true]);
    assert.equal(seen.at(-1), 1);
    assert.deepEqual(network, before);
    assert.doesNotThrow(() => JSON.stringify(study));
  });

  it('solves a series and names the buses', async () => {
    const request = readStudy('series', { steps: 4, loadFactor: [1, 0.5, 300, 1] });
    assert.equal(request?.kind, 'series');
    const study = (await new StudyRunner(BUILT_IN_NETWORKS.ieee13(), quiet).run(request)) as SeriesDocument;
    assert.deepEqual([study.converged, study.failed], [[true, true, false, true], 1]);
    assert.deepEqual([study.low_bus[0], study.low_pu[2], study.low_bus[2]], [study.low_bus[3], null, null]);
    assert.ok((study.low_pu[0] ?? 0) < (study.low_pu[1] ?? 0));
  });

  it('runs one at a time, and stops it when asked to', async () => {
    const runner = new StudyRunner(BUILT_IN_NETWORKS.ieee13(), quiet);
    const request = readStudy('series', { steps: 100_000 });
    assert.equal(request?.kind, 'series');
    const long = runner.run(request);
    await assert.rejects(runner.run(request), { message: /A study is running/ });
    runner.cancel();
    await assert.rejects(long, { code: 'GRID_STUDY_CANCELLED' });
    assert.equal((await runner.run({ kind: 'series', input: { steps: 1 } })).study, 'series');
  });

  it('says that a study has ended once, with its result, and nothing of one that was refused or closed', async () => {
    const ended: unknown[] = [];
    const runner = new StudyRunner(BUILT_IN_NETWORKS.ieee13(), {
      ...quiet,
      ended: (document) => ended.push(document),
    });
    const long = runner.run({ kind: 'series', input: { steps: 100_000 } });
    await assert.rejects(runner.run({ kind: 'series', input: { steps: 1 } }), { message: /is running/ });
    assert.deepEqual(ended, [], 'the one that was refused is not the one that runs');
    runner.cancel();
    await assert.rejects(long, { code: 'GRID_STUDY_CANCELLED' });
    assert.deepEqual(ended, [undefined]);
    const study = await runner.run({ kind: 'series', input: { steps: 1 } });
    assert.equal(ended[1], study);
    const closed = runner.run({ kind: 'series', input: { steps: 100_000 } });
    runner.close();
    await assert.rejects(closed, { code: 'GRID_STUDY_CANCELLED' });
    assert.equal(ended.length, 2);
  });

  it('serves the rest of the flows while one power flow is under way', async () => {
    const runner = new StudyRunner(BUILT_IN_NETWORKS.ieee34(), quiet);
    // A single step, which has no solution: nothing in it would let others have their turn.
    const study = runner.run({ kind: 'series', input: { steps: 1, loadFactor: [300] } });
    let turns = 0;
    let goesOn = true;
    const turn = (): void => {
      turns++;
      if (goesOn) setImmediate(turn);
    };
    setImmediate(turn);
    assert.equal(((await study) as SeriesDocument).failed, 1);
    goesOn = false;
    assert.ok(turns > 10, `${turns} turns of the event loop`);
  });

  it('refuses what it does not understand, and leaves steps alone', () => {
    assert.equal(readStudy(undefined, {}), undefined);
    assert.deepEqual(readStudy('cancel', 1), { kind: 'cancel' });
    for (const [study, payload, message] of [
      ['n-2', {}, /msg.study must be one of contingencies, series, cancel/],
      [7, {}, /msg.study must be one of/],
      ['contingencies', { minPu: 'low' }, /msg.payload.minPu must be a number greater than zero/],
      ['series', { profiles: {} }, /msg.payload.profiles must be a list/],
    ] as const) {
      assert.throws(() => readStudy(study, payload), { code: 'GRID_SETTING_INVALID', message });
    }
  });

  it('refuses a profile that is none', async () => {
    const runner = new StudyRunner(BUILT_IN_NETWORKS.ieee13(), quiet);
    const request = readStudy('series', { steps: 1, profiles: [null] });
    assert.equal(request?.kind, 'series');
    await assert.rejects(runner.run(request), { message: /every profile must be an object/ });
  });
});
