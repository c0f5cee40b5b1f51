import type { Node, NodeMessage } from 'node-red';
import type { DeviceSettings } from '../../src/battery/reader/device-loop.js';
import { discover } from '../../src/battery/reader/discovery.js';
import type { MonitorBoard } from '../../src/battery/reader/monitor-board.js';
import type { BluetoothHub } from '../../src/battery/reader/hub.js';
import { LatestReadings } from '../../src/battery/reader/latest-readings.js';
import { BatteryReader, type ReaderSettings } from '../../src/battery/reader/reader.js';
import { statusOf, type BatteryReading, type BatteryStatus } from '../../src/battery/reader/reading.js';
import { readHistory, readOnce } from '../../src/battery/reader/visit.js';
import { toGridwireError, type GridwireError } from '../../src/errors.js';
import { facts } from '../../src/observe/facts/facts.js';
import { derivedMessage } from '../runtime/messages.js';
import { placeOf } from '../runtime/place.js';
import type { Send } from '../runtime/node-behaviour.js';
import { batteryMessage, type BatteryEventType } from '../messages/battery-messages.js';
import type { BleStatus } from './ble-status.js';
import { chosenDevices, limitOf } from './request.js';

/** What a mode works with. */
export interface ModeTools {
  node: Node;
  hub: BluetoothHub;
  status: BleStatus;
  board: MonitorBoard;
  devices: readonly DeviceSettings[];
  use: ReaderSettings['use'];
  historyLimit: number;
  /** A status after every reading too, with the reading in it. */
  statusAfterReading: boolean;
  /** Aborted when the node closes. */
  signal: AbortSignal;
}

export interface ModeBehaviour {
  onInput?: (message: NodeMessage, send: Send) => Promise<void>;
  stop: () => Promise<void>;
}

type Mode = (tools: ModeTools) => ModeBehaviour;

/** Outputs: readings, statuses, discoveries. */
const OUTPUTS: readonly BatteryEventType[] = ['reading', 'status', 'discovery'];

/** A row for `send` that carries one event out of the right output. */
function onOutput(type: BatteryEventType, payload: object): (NodeMessage | null)[] {
  return OUTPUTS.map((output) => (output === type ? batteryMessage(type, payload) : null));
}

/** Reads all devices all the time. */
const live: Mode = ({ node, hub, status, board, devices, use, statusAfterReading }) => {
  const reader = new BatteryReader(hub, { devices, use });
  const endDiscovery = discover(hub, (found) => node.send(onOutput('discovery', found)), { scan: false });
  const latest = new LatestReadings();
  const told = new Map<string, BatteryStatus>();
  reader.on('reading', (reading: BatteryReading) => {
    latest.note(reading);
    board.read(reading);
    facts.reading.tell({ place: placeOf(node) });
    node.send(onOutput('reading', reading));
    const last = told.get(reading.device_id);
    if (statusAfterReading && last !== undefined)
      node.send(onOutput('status', latest.with({ ...last, timestamp: reading.timestamp })));
  });
  reader.on('status', (change: BatteryStatus) => {
    told.set(change.device_id, change);
    board.changed(change);
    status.device(change.device_id, change.connected);
    node.send(onOutput('status', latest.with(change)));
  });
  reader.on('failure', (code) => facts.reading.tell({ place: placeOf(node), code }));
  reader.start();
  return {
    stop: async () => {
      endDiscovery();
      await reader.stop();
    },
  };
};

/** Reports every battery monitor that is heard. */
const discoverMode: Mode = ({ node, hub, status }) => {
  let count = 0;
  const end = discover(hub, (found) => {
    status.found((count += 1));
    node.send(onOutput('discovery', found));
  });
  return {
    stop: () => {
      end();
      return Promise.resolve();
    },
  };
};

/** Reads each chosen device once per message. */
const poll: Mode = ({ node, hub, status, board, devices, signal }) => {
  const latest = new LatestReadings();
  const pollOne = async (device: DeviceSettings, send: Send): Promise<void> => {
    try {
      const reading = await readOnce(hub, device, { signal });
      status.device(device.address, true);
      latest.note(reading);
      board.read(reading);
      facts.reading.tell({ place: placeOf(node) });
      const connected = statusOf(device, { connected: true, family: reading.device_type });
      send(onOutput('status', latest.with(connected)));
      send(onOutput('reading', reading));
    } catch (thrown) {
      const error = toGridwireError(thrown, 'MONITOR_UNREACHABLE');
      status.device(device.address, false);
      facts.reading.tell({ place: placeOf(node), code: error.code });
      const away = statusOf(device, { connected: false, error });
      board.changed(away);
      if (!signal.aborted) send(onOutput('status', latest.with(away)));
      throw error;
    }
  };
  return {
    onInput: async (message, send) => {
      status.reading();
      const results = await Promise.allSettled(
        chosenDevices(message, devices).map((device) => pollOne(device, send)),
      );
      const failures = results.filter((result) => result.status === 'rejected');
      if (failures[0]) throw failures[0].reason as GridwireError;
    },
    stop: () => Promise.resolve(),
  };
};

/** Downloads the stored history of each chosen device, one after the other: it takes the whole link. */
const history: Mode = ({ hub, status, devices, historyLimit, signal }) => ({
  onInput: async (message, send) => {
    const limit = limitOf(message, historyLimit);
    for (const device of chosenDevices(message, devices)) {
      status.reading();
      const onProgress = (received: number, total: number | undefined): void =>
        status.history(received, total);
      const { family, records, skipped } = await readHistory(hub, device, { signal, limit, onProgress });
      const payload = {
        device_id: device.address,
        device_type: family,
        ...(device.vehicleId ? { vehicle_id: device.vehicleId } : {}),
        timestamp: new Date().toISOString(),
        records,
        skipped,
      };
      send([derivedMessage(message, { payload }), null, null]);
    }
    status.done();
  },
  stop: () => Promise.resolve(),
});

export const MODE_BEHAVIOURS: Readonly<Record<'live' | 'poll' | 'discover' | 'history', Mode>> = {
  live,
  poll,
  discover: discoverMode,
  history,
};
