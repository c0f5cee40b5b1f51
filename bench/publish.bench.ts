import { closedLoopRate } from './closed-loop.js';
import type { Bench } from './harness.js';
import { corePath, publishPath } from './publish-paths.js';
import { installed } from './report.js';

const LOOP = { inFlight: 100, warmUp: 20_000, messages: 60_000 };

const bench: Bench = {
  description:
    'Events per second out of a flow to Mosquitto, QoS 1, closed loop with 100 in flight: gridwire-publish against function + json + mqtt out.',
  needs: ['mosquitto'],
  software: () => [`Node-RED ${installed('node-red')}`, `mqtt ${installed('mqtt')}`],
  comparisons: () => [
    {
      id: 'publish/message',
      unit: 'msg/s',
      target: 1.5,
      ours: {
        name: 'gridwire-publish, contract checked',
        run: () => closedLoopRate({ ...LOOP, ...publishPath() }),
      },
      peer: {
        name: 'function + json + mqtt out, nothing checked',
        run: () => closedLoopRate({ ...LOOP, ...corePath() }),
      },
    },
  ],
};

export default bench;
