import { withPlaces } from './closed-loop.js';
import type { Bench } from './harness.js';
import { IN, MOSQUITTO, OUT, overload, type OverloadResult } from './overload.js';
import { installed } from './report.js';

const SECONDS = Number(process.env['GRIDWIRE_OVERLOAD_SECONDS'] ?? 60);
/** Of the peak. */
const ASKED_FOR = 0.8;
/** Times the memory that the process had at its peak; the window of 200 events needs next to nothing. */
const MOST_MEMORY = 1.5;
const RENAME = `msg.topic = '${OUT}'; return msg;`;

const ours = (host: string, port: number) =>
  withPlaces([
    { id: 'tab', type: 'tab' },
    { id: 'broker', type: 'gridwire-broker', transport: 'mqtt', host, port: String(port) },
    {
      ...{ id: 'in', type: 'gridwire-subscribe', z: 'tab', broker: 'broker', contract: '', filter: IN },
      ...{ qos: '1', window: '200', wires: [['rename'], []] },
    },
    { id: 'rename', type: 'function', z: 'tab', func: RENAME, outputs: 1, wires: [['out']] },
    {
      ...{ id: 'out', type: 'gridwire-publish', z: 'tab', broker: 'broker', contract: '', topic: '' },
      ...{ qos: '1', wires: [[]] },
    },
  ]);

const core = (broker: string, port: number) =>
  withPlaces([
    { id: 'tab', type: 'tab' },
    {
      ...{ id: 'broker', type: 'mqtt-broker', broker, port: String(port), protocolVersion: '4' },
      ...{ keepalive: '60', cleansession: true, autoConnect: true },
    },
    {
      ...{ id: 'in', type: 'mqtt in', z: 'tab', topic: IN, qos: '1', datatype: 'json' },
      ...{ broker: 'broker', inputs: 0, wires: [['rename']] },
    },
    { id: 'rename', type: 'function', z: 'tab', func: RENAME, outputs: 1, wires: [['out']] },
    { id: 'out', type: 'mqtt out', z: 'tab', broker: 'broker', topic: '', qos: '1', retain: '', wires: [] },
  ]);

async function measured(flow: typeof ours): Promise<OverloadResult> {
  const result = await overload(flow, SECONDS);
  const { peak, held, sent, before, most } = result;
  const share = Math.round((100 * held) / peak);
  console.log(
    `    peak ${Math.round(peak)}/s; ${Math.round(sent / SECONDS)}/s sent, ${Math.round(held)}/s held (${share} %); memory ${before} MiB, at most ${most} MiB`,
  );
  return result;
}

const bench: Bench = {
  description: `Messages per second from Mosquitto through a flow and back, QoS 1, while twice the path's peak is sent for ${SECONDS} s; of its peak ours must hold ${100 * ASKED_FOR} %, within ${MOST_MEMORY} times its memory. gridwire-subscribe and gridwire-publish, acknowledging after the flow, against mqtt in and mqtt out. Mosquitto: ${MOSQUITTO.join('; ')}.`,
  needs: ['mosquitto'],
  software: () => [`Node-RED ${installed('node-red')}`, `mqtt ${installed('mqtt')}`],
  comparisons: () => [
    {
      id: 'overload/through',
      unit: 'msg/s',
      target: 1.5,
      ours: {
        name: 'gridwire-subscribe, function, gridwire-publish',
        run: async () => {
          const { peak, held, before, most } = await measured(ours);
          if (held < ASKED_FOR * peak)
            throw new Error(`Only ${Math.round(held)}/s of ${Math.round(peak)}/s held.`);
          if (most > MOST_MEMORY * before) throw new Error(`The memory grew from ${before} to ${most} MiB.`);
          return held;
        },
      },
      peer: { name: 'mqtt in, function, mqtt out', run: async () => (await measured(core)).held },
    },
  ],
};

export default bench;
