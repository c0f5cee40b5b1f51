import type { Bench, Comparison, Run } from './harness.js';
import { installed } from './report.js';
import { core, gridwire, type ThroughSystem } from './through/flows.js';
import { latency } from './through/latency.js';

/** Shares of our path's peak; both sides are sent alike. */
const SHARES = [0.1, 0.5, 0.8];
const SECONDS = 10;
const P99 = 'p99';

/** The peak of our path, found once: what is sent is a share of it on both sides. */
let peak: number | undefined;

async function measured(start: ThroughSystem, share: number): Promise<Run> {
  const found = await latency(start, SECONDS, (own) => share * (peak ??= own));
  console.log(
    `    ${Math.round(found.sent)}/s sent: p50 ${found.p50.toFixed(2)} ms, p99 ${found.p99.toFixed(2)} ms`,
  );
  return { rate: 1000 / found.p50, figures: { [P99]: found.p99 } };
}

const bench: Bench = {
  description: `The other way round of the median latency from Mosquitto through a flow and back, QoS 1, at a tenth, half and 0.8 of our path's peak, ${SECONDS} s each: gridwire-subscribe and gridwire-publish against mqtt in and mqtt out. On a machine with other work it measures that work.`,
  needs: ['mosquitto'],
  software: () => [`Node-RED ${installed('node-red')}`, `mqtt ${installed('mqtt')}`],
  comparisons: () =>
    SHARES.map((share): Comparison => ({
      // Stated, and asked for no more than that ours is not twice the peer's.
      ...{ id: `latency/${share}`, unit: 'per s', target: 0.5 },
      ours: {
        name: 'gridwire-subscribe, function, gridwire-publish',
        run: () => measured(gridwire(), share),
      },
      peer: { name: 'mqtt in, function, mqtt out', run: () => measured(core, share) },
      bounds: [{ name: P99, unit: 'ms', below: 100 }],
    })),
};

export default bench;
