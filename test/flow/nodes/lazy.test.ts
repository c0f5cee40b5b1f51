import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import type { NodeAPI } from 'node-red';
import { defineNode } from '../../../nodes/runtime/define-node.js';
import { fromFirstNodeOn } from '../../../nodes/runtime/first-node.js';
import { lazyRoutes } from '../../../nodes/runtime/lazy-routes.js';
import { loadLater } from '../../../nodes/runtime/load-later.js';
import { nodeRedPackage } from '../../support/node-red-runtime.js';
import { until } from '../../support/wait.js';

describe('a part that is loaded when it is needed', () => {
  before(() => {
    helper.init(require.resolve(nodeRedPackage()));
  });
  beforeEach(() => new Promise<void>((resolve) => helper.startServer(resolve)));
  afterEach(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
  });

  const broken = (): never => {
    throw new Error("Cannot find module 'lost'");
  };
  const errors = (): string[] =>
    helper
      .log()
      .args.map(([entry]) => entry as { level: number; msg: unknown })
      .filter(({ level }) => level === 20)
      .map(({ msg }) => String(msg));

  it('says of a node why it is not there, and the node refuses what it gets', async () => {
    const placed = { id: 'node', type: 'gridwire-broken', z: 'tab', x: 1, y: 1, wires: [] };
    await helper.load(
      [(RED: NodeAPI) => defineNode(RED, 'gridwire-broken', broken)],
      [{ id: 'tab', type: 'tab' }, placed],
    );
    const [told, ...others] = errors();
    assert.match(told ?? '', /install the package again.*Cannot find module 'lost'[^]*lazy\.test/);
    assert.deepEqual(others, []);
    helper.getNode('node').receive({ payload: 1 });
    await until('the message has failed', () => errors().length > 1);
    assert.match(errors()[1] ?? '', /Cannot find module 'lost'/);
  });

  it('leaves a node that refuses what it gets where the part is missing that all nodes are made with', async () => {
    const common = loadLater(broken);
    const register = (RED: NodeAPI): void =>
      defineNode(RED, 'gridwire-bare', () => ({ setUp: () => ({}) }), undefined, common);
    await helper.load(register, [
      { id: 'tab', type: 'tab' },
      { id: 'node', type: 'gridwire-bare', z: 'tab', wires: [] },
    ]);
    assert.match(errors()[0] ?? '', /install the package again.*Cannot find module 'lost'/);
    helper.getNode('node').receive({ payload: 1 });
    await until('the message has failed', () => errors().length > 1);
    assert.match(errors()[1] ?? '', /Cannot find module 'lost'/);
  });

  it('says in the log that nobody watches, and the nodes work', async () => {
    const register = (RED: NodeAPI): void => {
      defineNode(RED, 'gridwire-unwatched', () => ({ setUp: () => ({ onInput: () => undefined }) }));
      fromFirstNodeOn(RED, broken);
    };
    await helper.load(register, [
      { id: 'tab', type: 'tab' },
      { id: 'node', type: 'gridwire-unwatched', z: 'tab' },
    ]);
    assert.equal(errors().filter((line) => line.includes("Cannot find module 'lost'")).length, 1);
    assert.equal((helper.getNode('node') as { type?: string } | null)?.type, 'gridwire-unwatched');
  });

  it('tries again with the next node to start what watches, and tells of it once', async () => {
    let tries = 0;
    const register = (RED: NodeAPI): void => {
      defineNode(RED, 'gridwire-watched', () => ({ setUp: () => ({}) }));
      fromFirstNodeOn(RED, () => {
        tries += 1;
        if (tries < 4) throw new Error('too many open files');
      });
    };
    const node = (id: string) => ({ id, type: 'gridwire-watched', z: 'tab' });
    await helper.load(register, [{ id: 'tab', type: 'tab' }, ...['a', 'b', 'c', 'd', 'e'].map(node)]);
    assert.equal(tries, 4, 'until it could be started');
    assert.equal(errors().filter((line) => line.includes('too many open files')).length, 1);
  });

  it('answers the request that loads it, and those that follow', async () => {
    let count = 0;
    const registerRoutes = (RED: NodeAPI): void => {
      count += 1;
      RED.httpAdmin.get('/gridwire/late/:name', (request, response) => response.json(request.params));
    };
    await helper.load(
      [(RED: NodeAPI) => lazyRoutes(RED, ['/gridwire/later', '/gridwire/late'], () => ({ registerRoutes }))],
      [],
    );
    assert.equal(count, 0);
    for (const name of ['first', 'second'])
      await helper.request().get(`/gridwire/late/${name}`).expect(200, { name });
    await helper.request().get('/gridwire/later').expect(404);
    assert.equal(count, 1);
  });

  it('says once in the log why nobody answers, and not to who asks', async () => {
    await helper.load([(RED: NodeAPI) => lazyRoutes(RED, ['/gridwire/broken'], broken)], []);
    for (let time = 0; time < 2; time++) {
      const { text } = await helper.request().get('/gridwire/broken').expect(500);
      assert.doesNotMatch(text, /lost/);
    }
    assert.equal(errors().filter((line) => line.includes("Cannot find module 'lost'")).length, 1);
  });
});
