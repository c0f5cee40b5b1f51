import assert from 'node:assert/strict';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { together } from '../../support/together.js';
import { deploy, PATIENCE, publish, WaitingRun } from './waiting-run.js';

const EVENTS = 500;
const place = { z: 'tab', x: 1, y: 1 };

/** Sends events for a broker that is away, which wait in memory. */
function flow(run: WaitingRun, withCatch: boolean, label = ''): FlowNode[] {
  const send = `for (let n = 0; n < ${EVENTS}; n += 1) node.send({ topic: 'out/' + (n % 3), payload: n });`;
  const last = `if (msg.payload === ${EVENTS - 1}) node.warn('all sent');`;
  const caught: FlowNode[] = [
    { ...place, id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['tell']] },
    { ...place, id: 'tell', type: 'function', outputs: 0, func: "node.warn('caught');", wires: [] },
  ];
  return run.flow([
    { ...place, id: 'go', type: 'inject', props: [], repeat: '', once: false, wires: [['many']] },
    { ...place, id: 'many', type: 'function', outputs: 1, func: send, wires: [['out', 'last']] },
    { ...place, id: 'last', type: 'function', outputs: 0, func: last, wires: [] },
    publish('out', { store: '', name: label }),
    ...(withCatch ? caught : []),
  ]);
}

const STOPS = ['SIGTERM', 'SIGINT', 'full', 'flows', 'nodes', 'deleted'] as const;
type Stop = (typeof STOPS)[number];

describe('what a stop gives up of an outbox in memory', function () {
  this.timeout(120_000);
  let run: WaitingRun;

  before(async function () {
    run = await WaitingRun.start(this);
  });
  after(() => run.stop());

  async function test(stop: Stop, withCatch: boolean): Promise<void> {
    const nodeRed = await NodeRedProcess.start({ flows: flow(run, withCatch) });
    try {
      await nodeRed.admin.inject('go');
      await nodeRed.waitForLine(/all sent/, PATIENCE);
      const from = nodeRed.lines.length;
      const changed = flow(run, withCatch, 'changed');
      if (stop === 'full' || stop === 'flows' || stop === 'nodes') await deploy(nodeRed, changed, stop);
      else if (stop === 'deleted')
        await deploy(
          nodeRed,
          changed.filter(({ id }) => id !== 'out'),
          'nodes',
        );
      else {
        process.kill(nodeRed.pid, stop);
        await nodeRed.ended;
      }
      const said = nodeRed.lines.slice(from);
      const given = said.filter((line) => /Given up/.test(line));
      const isWhole = stop === 'full' || stop.startsWith('SIG');
      assert.equal(said.filter((line) => line.includes('was closed while')).length, 0);
      // Catch nodes that live on hear of each event as well.
      const told = said.filter((line) => line.includes('caught')).length;
      assert.equal(told, withCatch && !isWhole ? EVENTS : 0);
      assert.equal(given.length, 1, said.join('\n'));
      assert.match(given[0]!, new RegExp(`${EVENTS} events, 167 for out/0, 167 for out/1, 166 for out/2`));
    } finally {
      await nodeRed.stop();
    }
  }

  together(
    3,
    [true, false].flatMap((withCatch) =>
      STOPS.map(
        (stop) =>
          [
            `is said once, counted, with the topics: ${stop}, ${withCatch ? 'with' : 'without'} a catch node`,
            () => test(stop, withCatch),
          ] as const,
      ),
    ),
  );
});
