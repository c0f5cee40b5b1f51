import type { Bench, Run } from './harness.js';
import { overload } from './overload.js';
import { installed } from './report.js';
import { core, gridwire, type ThroughSystem } from './through/flows.js';
import { MOSQUITTO } from './through/path.js';

const SECONDS = Number(process.env['GRIDWIRE_OVERLOAD_SECONDS'] ?? 60);
const SHARE = 'share of the peak held';
const GROWTH = 'memory, to that at the peak';

async function measured(start: ThroughSystem): Promise<Run> {
  const { peak, held, sent, before, most } = await overload(start, SECONDS);
  const [share, growth] = [(100 * held) / peak, most / before];
  const offered = Math.round(sent / SECONDS);
  console.log(
    `    peak ${Math.round(peak)}/s; ${offered}/s sent, ${Math.round(held)}/s held (${Math.round(share)} %); memory ${Math.round(before)} MiB, at most ${Math.round(most)} MiB`,
  );
  return { rate: held, figures: { [SHARE]: share, [GROWTH]: growth } };
}

const bench: Bench = {
  description: `Messages per second from Mosquitto through a flow and back, QoS 1, while twice the path's peak is sent for ${SECONDS} s: gridwire-subscribe and gridwire-publish, acknowledging after the flow, against mqtt in and mqtt out, which promise nothing. Mosquitto: ${MOSQUITTO.join('; ')}.`,
  needs: ['mosquitto'],
  software: () => [`Node-RED ${installed('node-red')}`, `mqtt ${installed('mqtt')}`],
  comparisons: () => [
    {
      id: 'overload/through',
      unit: 'msg/s',
      // What settlement costs: the peer acknowledges before the flow, and loses what a crash finds in it.
      target: 0.5,
      ours: { name: 'gridwire-subscribe, function, gridwire-publish', run: () => measured(gridwire()) },
      peer: { name: 'mqtt in, function, mqtt out', run: () => measured(core) },
      bounds: [
        { name: SHARE, unit: '%', least: 80 },
        // The window of 200 events needs next to nothing beside what the process takes at its peak.
        { name: GROWTH, unit: 'times', below: 1.5 },
      ],
    },
  ],
};

export default bench;
