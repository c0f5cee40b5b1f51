import assert from 'node:assert/strict';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { until } from '../../support/wait.js';
import { deploy, name, PATIENCE, publish, source, WaitingRun } from './waiting-run.js';

/** More than any window. */
const EVENTS = 400;

describe('a source that is disabled beside another one of its broker', function () {
  this.timeout(180_000);
  let run: WaitingRun;
  let nodeRed: NodeRedProcess | undefined;

  beforeEach(async function () {
    run = await WaitingRun.start(this);
    run.proxy.resume();
  });
  afterEach(() => run.stop(nodeRed));

  for (const version of ['4', '5']) {
    it(`holds up nobody and loses nothing, however long and over a restart: MQTT ${version}`, async () => {
      const flow = (isDisabled: boolean): FlowNode[] =>
        run
          .flow([source('in', { d: isDisabled }), source('beside', { filter: 'beside' }), name(), publish()])
          .map((node) => (node.id === 'source' ? { ...node, protocolVersion: version } : node));
      const userDir = run.folder();
      nodeRed = await NodeRedProcess.start({ flows: flow(false), userDir });
      await Promise.all([run.subscribed('in'), run.subscribed('beside')]);
      await run.give(EVENTS, 0);
      await deploy(nodeRed, flow(true), 'nodes');
      await run.give(EVENTS, EVENTS);
      await run.give(EVENTS, 10_000, 'beside');
      const beside = () => [...run.came.keys()].filter((n) => n >= 10_000).length;
      await until('the other one goes on', () => beside() === EVENTS, PATIENCE);
      await nodeRed.stop();
      nodeRed = await NodeRedProcess.start({ userDir });
      await deploy(nodeRed, flow(false), 'nodes');
      await run.arrived(3 * EVENTS);
      const lost = nodeRed.lines.filter((line) => /dropped|given up/i.test(line));
      assert.deepEqual(lost, []);
    });
  }
});
