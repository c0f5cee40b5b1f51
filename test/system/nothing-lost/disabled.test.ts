import assert from 'node:assert/strict';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { together } from '../../support/together.js';
import { until } from '../../support/wait.js';
import { deploy, name, PATIENCE, publish, source, WaitingRun } from './waiting-run.js';

/** More than any window. */
const EVENTS = 400;

describe('a source that is disabled beside another one of its broker', function () {
  this.timeout(180_000);

  async function test(context: Mocha.Context, version: string): Promise<void> {
    const run = await WaitingRun.start(context);
    let nodeRed: NodeRedProcess | undefined;
    try {
      run.proxy.resume();
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
    } finally {
      await run.stop(nodeRed);
    }
  }

  together(
    2,
    ['4', '5'].map(
      (version) =>
        [
          `holds up nobody and loses nothing, however long and over a restart: MQTT ${version}`,
          (context) => test(context, version),
        ] as const,
    ),
  );
});
