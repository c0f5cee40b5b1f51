import type { FlowNode } from './node-red-admin.js';

/** How often the flood is let out, milliseconds. */
const EVERY = 10;

/**
 * So many events a second that are published and received again in one process, as far as it gets to it.
 * @param perSecond 0: nothing flows
 */
export function floodFlow(perSecond: number): FlowNode[] {
  const place = { z: 'tab', x: 300, y: 100 };
  return [
    { id: 'tab', type: 'tab', label: 'Flood' },
    { id: 'broker', type: 'gridwire-broker', name: 'near', transport: 'memory' },
    {
      ...{ ...place, id: 'flood', type: 'function', func: '', outputs: 1, wires: [['publish']] },
      // A timer that comes late is made up for, but for no more than a tenth of a second.
      initialize: `
        const [rate, most] = [${perSecond} / 1000, ${perSecond} / 10];
        let [sent, due, before] = [0, 0, Date.now()];
        if (rate > 0) setInterval(() => {
          const now = Date.now();
          due = Math.min(most, due + (now - before) * rate);
          before = now;
          for (; due >= 1; due -= 1)
            node.send({ topic: 'sites/1/devices/INV-' + (sent++ % 1000) + '/telemetry', payload: '{"powerKw":1}' });
        }, ${EVERY});`,
    },
    {
      ...{
        ...place,
        id: 'publish',
        type: 'gridwire-publish',
        name: 'publish',
        broker: 'broker',
        wires: [[]],
      },
      ...{ contract: '', qos: '0', parameters: [] },
    },
    {
      ...{
        ...place,
        id: 'in',
        type: 'gridwire-subscribe',
        name: 'listen',
        broker: 'broker',
        wires: [[], []],
      },
      ...{ contract: '', filter: 'sites/#', qos: '0' },
    },
  ];
}
