import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import type { NetworkAnswer } from '../../../../src/grid/studies/network-file.js';
import { registerRoutes } from '../../../../nodes/grid-sim/network-route.js';
import { example, frame } from '../../../support/pandapower-example.js';

type Answer = Partial<NetworkAnswer> & { error?: { code: string; message: string } };

/** @param onReturned told when the route's handler has come to its end */
function ask(
  body: object,
  contentType = 'application/json',
  onReturned: () => void = () => undefined,
): Promise<Answer> {
  let handler: (request: object, response: object) => void = () => undefined;
  const RED = {
    auth: { needsPermission: () => undefined },
    log: { audit: () => undefined },
    httpAdmin: { post: (_path: string, _mayWrite: unknown, given: typeof handler) => (handler = given) },
  };
  registerRoutes(RED as unknown as NodeAPI);
  return new Promise((resolve) => {
    handler(
      { body, headers: { 'content-type': contentType } },
      { json: resolve, status: () => ({ json: (error: object) => resolve({ error } as Answer) }) },
    );
    onReturned();
  });
}

const CASE = `function mpc = two
mpc.baseMVA = 100;
mpc.bus = [1 3 0 0 0 0 1 1 0 110 1 1.1 0.9; 2 1 40 10 0 0 1 0.99 -2 110 1 1.1 0.9; 3 1 1 0 0 0 1 1 0 110 1 1.1 0.9];
mpc.gen = [1 0 0 10 -10 1.02 100 1];
mpc.branch = [1 2 0.01 0.05 0 50 0 0 0 0 1; 2 3 0.01 0.05 0 0 0 0 0 0 0];
`;

describe('the network file of the grid-sim panel', () => {
  it('says what a MATPOWER case holds, solves it and draws it', async () => {
    const answer = await ask({ text: CASE, start: 'auto' });
    assert.deepEqual(
      [answer.format, answer.name, answer.counts],
      ['matpower', 'two', { bus: 3, gen: 1, branch: 2 }],
    );
    assert.deepEqual([answer.converged, answer.start, answer.unsupplied], [true, 'case', ['3']]);
    assert.equal(answer.worst?.id, 'branch 1');
    assert.ok((answer.sourceMw ?? 0) > 40 && (answer.lossesMw ?? 0) > 0);
    assert.equal(answer.diagram?.buses.length, 3);
    assert.deepEqual([answer.voltages?.length, answer.voltages?.[2], answer.loading?.length], [3, null, 2]);
    assert.equal((await ask({ text: CASE, start: 'flat' })).start, 'flat');
  });

  it('works it out in another process, so that flows go on while a hopeless network is tried from every start', async () => {
    let turns = 0;
    const count = (): void => void (turns += 1);
    let timer: NodeJS.Immediate | undefined;
    const turn = (): void => {
      count();
      timer = setImmediate(turn);
    };
    const answer = await ask({ text: CASE.replace('2 1 40', '2 1 40000') }, undefined, turn);
    clearImmediate(timer);
    assert.equal(answer.converged, false);
    assert.ok(turns > 1, `the process served others ${turns} times meanwhile`);
  });

  it('answers where no source reaches anything', async () => {
    const off = frame(['bus', 'vm_pu', 'va_degree', 'in_service'], [0, 1, 0, false]);
    const answer = await ask({ text: example({ ext_grid: off }) });
    assert.equal(answer.error, undefined);
    assert.match(answer.reason ?? '', /no source reaches bus/);
  });

  it('names what it does not know of a pandapower network, and what it left out', async () => {
    const load = frame(['bus', 'p_mw', 'q_mvar', 'mood'], [2, 1, 0, 'good']);
    const answer = await ask({ text: example({ load, measurement: frame(['value'], [1]) }) });
    assert.equal(answer.format, 'pandapower');
    assert.deepEqual(answer.warnings, ['load: column mood is not known and was left out']);
    assert.deepEqual(answer.leftOut, ['measurement']);
  });

  it('gives the reason where there is no solution', async () => {
    const answer = await ask({ text: CASE.replace('2 1 40', '2 1 40000') });
    assert.equal(answer.converged, false);
    assert.match(answer.reason ?? '', /load may exceed/);
    assert.equal(answer.diagram?.buses.length, 3);
  });

  it('refuses what it cannot read, and what did not come from the editor', async () => {
    assert.match((await ask({ text: 'hello' })).error?.message ?? '', /"hello" is not known/);
    assert.equal((await ask({})).error?.code, 'NETWORK_INVALID');
    assert.equal((await ask({ text: CASE }, 'text/plain')).error?.code, 'SETTING_INVALID');
  });
});
