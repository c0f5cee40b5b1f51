import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.js';
import { letter, message } from '../unit/store/helpers.js';
import type { FlowNode } from './node-red-admin.js';

/** A node on the tab `tab`. */
export const on = (id: string, type: string, more: object, ...wires: string[][]): FlowNode => ({
  ...{ id, type, z: 'tab', x: 200, y: 100, wires: wires.length === 0 ? [[]] : wires },
  ...more,
});
/** A device's telemetry, twice a second, to the node `publish`. */
export const speaks = (serial: string): FlowNode =>
  on(
    `inject-${serial}`,
    'inject',
    {
      ...{ topic: `sites/7/devices/${serial}/telemetry`, payload: '{"powerKw":1}', payloadType: 'str' },
      ...{
        props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
        repeat: '0.5',
        once: true,
        onceDelay: '0.2',
      },
    },
    ['publish'],
  );

/** A name as people give them who want to say it all. */
const LONG = 'of the substation at the northern end of the valley, over the mobile network, since 2024';

/** A flow by which every section of the sidebar has something to show, the long and the wrong too. */
export const BUSY_FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'Busy' },
  { id: 'broker', type: 'gridwire-broker', name: 'near', transport: 'memory' },
  {
    ...{ id: 'far', type: 'gridwire-broker', name: `the broker ${LONG}`, transport: 'mqtt' },
    ...{ host: '127.0.0.1', port: '9', reconnectMinimum: '1', reconnectMaximum: '1' },
  },
  { id: 'store', type: 'gridwire-store', name: 'events', kind: 'sqlite', file: '' },
  {
    ...{ id: 'fleet', name: `the fleet ${LONG}`, type: 'gridwire-devices', policy: 'hold', silentAfter: '2' },
    devices: [
      {
        serialNumber: 'INV-001',
        id: 123,
        type: 'SOLAR_INVERTER',
        site: 1,
        name: 'roof of the northern hall',
      },
      { serialNumber: 'INV-002', id: 124, type: 'SOLAR_INVERTER', site: 1 },
    ],
  },
  speaks('INV-001'),
  speaks('NEW-1-2026-04-000000017'),
  on('publish', 'gridwire-publish', {
    name: `publish ${LONG}`,
    broker: 'broker',
    contract: '',
    qos: '1',
    parameters: [],
  }),
  on('away', 'gridwire-subscribe', { broker: 'far', contract: '', filter: 'sites/#', qos: '1' }, [], []),
  on(
    'ingest',
    'gridwire-ingest',
    {
      ...{ broker: 'broker', devices: 'fleet', name: `ingest ${LONG}` },
      ...{ contract: 'ecogrid-ems', dialect: 'documented' },
    },
    [],
    [],
    [],
  ),
  on('dlq', 'gridwire-dlq', {
    ...{ broker: 'broker', store: 'store', name: 'letters' },
    ...{ contract: 'ecogrid-ems', dialect: 'documented' },
  }),
  on(
    'monitors',
    'gridwire-ble-battery',
    {
      ...{
        name: `the garage ${LONG}`,
        adapter: 'simulator',
        mode: 'live',
        linkUse: 'hold',
        maximumLinks: '3',
      },
      devices: [
        {
          address: '02:47:57:00:00:01',
          family: 'BM6',
          vehicle: 'delivery-van-of-the-northern-depot',
          seconds: '1',
        },
        { address: '02:47:57:00:00:99', vehicle: 'boat', seconds: '1' },
      ],
    },
    [],
    [],
    [],
  ),
  on('step', 'inject', { repeat: '1', once: true, onceDelay: '0.2', props: [{ p: 'payload' }] }, ['grid']),
  on(
    'grid',
    'gridwire-grid-sim',
    { name: 'three microgrids', environment: 'three-microgrids', mode: 'centralised', episodeSteps: '24' },
    [],
    [],
    [],
  ),
];

/** Letters that wait, of two topics and reasons, and an event that is to be tried again. */
export async function fillStore(userDir: string): Promise<void> {
  const store = await openSqliteStore({ kind: 'sqlite', file: path.join(userDir, 'gridwire', 'store.db') });
  const failedAt = Date.now();
  await store.deadLetters.add([
    letter('sites/1/devices/INV-001/telemetry', { powerKw: 'much' }, { failedAt }),
    letter(
      'celine/dt/energy-community/simulation-completed/community-of-the-northern-valley',
      { note: 'x'.repeat(300) },
      {
        failedAt,
        code: 'FLOW_FAILED',
        reason: 'TypeError: a value that the flow needs is not there '.repeat(4),
      },
    ),
  ]);
  const parked = { attempts: 2, nextAttemptAt: Date.now() + 1e9, reason: 'the flow said no' };
  await store.parked.park('gone', [{ ...parked, key: 'k', message: message('p/1') }]);
  await store.close();
}
