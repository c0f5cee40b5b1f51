import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { brokerUrl, closedLoop } from './closed-loop.js';
import type { Bench, Run } from './harness.js';
import { corePath, EVENT, listPath, publishPath, TOPIC } from './publish-paths.js';
import { installed } from './report.js';

const LOOP = { inFlight: 100, warmUp: 20_000, messages: 60_000 };
const LIST = 100;
/** As many events; two lists under way, so that one is built while the broker has the other. */
const LISTS = { inFlight: 2, warmUp: LOOP.warmUp / LIST, messages: LOOP.messages / LIST };

/** mqtt.js alone, in a process of its own. */
async function raw(): Promise<Run> {
  const script = path.join(__dirname, 'raw-publisher.cjs');
  const options = JSON.stringify({ ...LOOP, topic: TOPIC, event: EVENT });
  const { stdout } = await promisify(execFile)(process.execPath, [script, brokerUrl(), options]);
  return JSON.parse(stdout) as Run;
}

const core = {
  name: 'function + json + mqtt out, nothing checked',
  run: () => closedLoop({ ...LOOP, ...corePath() }),
};
const ours = {
  name: 'gridwire-publish, contract checked',
  run: () => closedLoop({ ...LOOP, ...publishPath() }),
};

const bench: Bench = {
  description: `Events per second out of a flow to Mosquitto, QoS 1, closed loop with ${LOOP.inFlight} in flight: gridwire-publish against function + json + mqtt out, in lists of ${LIST} against the same one by one, and against mqtt.js without Node-RED.`,
  needs: ['mosquitto'],
  software: () => [`Node-RED ${installed('node-red')}`, `mqtt ${installed('mqtt')}`],
  comparisons: () => [
    {
      ...{ id: 'publish/message', unit: 'msg/s', target: 1.5, ours, peer: core },
      byProcessor: { id: 'publish/core-cpu', target: 1 },
    },
    {
      ...{ id: 'publish/array', unit: 'events/s', target: 3, peer: core },
      ours: {
        name: `gridwire-publish, lists of ${LIST}, contract checked`,
        run: () => closedLoop({ ...LISTS, ...listPath(LIST) }),
      },
      byProcessor: { id: 'publish/array-cpu', target: 1 },
    },
    {
      ...{ id: 'publish/raw', unit: 'msg/s', target: 0.5, ours },
      peer: { name: 'mqtt.js and JSON.stringify, without Node-RED', run: raw },
    },
  ],
};

export default bench;
