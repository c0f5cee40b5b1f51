import { withPlaces } from './closed-loop.js';
import type { Bench, Run } from './harness.js';
import { IN, MOSQUITTO, OUT, overload } from './overload.js';
import { installed } from './report.js';

const SECONDS = Number(process.env['GRIDWIRE_OVERLOAD_SECONDS'] ?? 60);
const SHARE = 'share of the peak held';
const GROWTH = 'memory, to that at the peak';
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

async function measured(flow: typeof ours): Promise<Run> {
  const { peak, held, sent, before, most } = await overload(flow, SECONDS);
  const [share, growth] = [(100 * held) / peak, most / before];
  const offered = Math.round(sent / SECONDS);
  console.log(
    `    peak ${Math.round(peak)}/s; ${offered}/s sent, ${Math.round(held)}/s held (${Math.round(share)} %); memory ${before} MiB, at most ${most} MiB`,
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
      ours: { name: 'gridwire-subscribe, function, gridwire-publish', run: () => measured(ours) },
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
