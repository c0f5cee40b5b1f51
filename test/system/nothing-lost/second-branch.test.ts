import assert from 'node:assert/strict';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { publish, source, steady, WaitingRun } from './waiting-run.js';

const EVENTS = 20;
const place = { z: 'tab', x: 1, y: 1, type: 'function', outputs: 1 };

describe('a flow of two branches, of which the second fails', function () {
  this.timeout(200_000);
  let run: WaitingRun;
  let nodeRed: NodeRedProcess | undefined;

  beforeEach(async function () {
    run = await WaitingRun.start(this);
  });
  afterEach(() => run.stop(nodeRed));

  it('publishes an event once, though it is tried again until the second succeeds', async () => {
    const flow = run.flow([
      source('in', { wires: [['name', 'second'], []] }),
      { ...place, id: 'name', func: "msg.topic = 'out/' + msg.payload.n; return msg;", wires: [['out']] },
      publish(),
      // Fails twice for each event, when what the first branch published has been acknowledged.
      {
        ...place,
        id: 'second',
        func: `await new Promise((resolve) => setTimeout(resolve, 300));
          if (msg.attempt < 3) throw new Error('on purpose');
          msg.topic = 'out/' + (1000 + msg.payload.n); return msg;`,
        wires: [['beside']],
      },
      publish('beside'),
    ]);
    run.proxy.resume();
    nodeRed = await NodeRedProcess.start({ flows: flow });
    await run.subscribed('in');
    await run.give(EVENTS);
    await run.arrived(2 * EVENTS);
    await steady(() => [...run.came.values()].reduce((sum, times) => sum + times, 0));
    assert.deepEqual(run.repeated, []);
  });
});
