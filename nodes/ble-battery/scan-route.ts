import { setTimeout as pause } from 'node:timers/promises';
import type { NodeAPI } from 'node-red';
import { adminRoute } from '../runtime/admin-route.js';
import { decodeAdvertisement } from '../../src/battery/frames/advertisement.js';
import { discover } from '../../src/battery/reader/discovery.js';
import type { BluetoothHub } from '../../src/battery/reader/hub.js';
import { readOnce } from '../../src/battery/reader/visit.js';
import { toGridwireError } from '../../src/errors.js';
import { holdHub, type AdapterChoice } from './adapters.js';

/** A monitor in the panel's list. */
interface FoundMonitor {
  address: string;
  name: string;
  family: string;
  rssi: number;
  voltage?: number;
  stateOfCharge?: number;
}

const SCAN_MS = 6000;
const VOLTAGE_MS = 10_000;
const MAXIMUM_LINKS = 3;

/** The panel's scan button: listens for some seconds, asks those that broadcast no voltage, and answers. */
export function registerRoutes(RED: NodeAPI): void {
  const access = { right: 'admin', formerly: 'gridwire-ble-battery.write' } as const;
  adminRoute(RED, 'post', '/gridwire/ble-battery/scan', access, (request, response) => {
    scan(choiceOf(request.body))
      .then((answer) => response.json(answer))
      .catch((thrown: unknown) => {
        const { code, message } = toGridwireError(thrown);
        response.status(500).json({ problem: { code, message } });
      });
  });
}

async function scan(choice: AdapterChoice): Promise<object> {
  const held = await holdHub(choice, MAXIMUM_LINKS);
  const { hub } = held;
  try {
    if (hub.problem)
      return { monitors: [], problem: { code: hub.problem.code, message: hub.problem.message } };
    const heard = new Set<string>();
    const end = discover(hub, ({ device_id }) => heard.add(device_id));
    await pause(SCAN_MS);
    end();
    const monitors = [...heard].flatMap((address) => monitorOf(hub, address) ?? []);
    return { monitors: await Promise.all(monitors.map((monitor) => withVoltage(hub, monitor))) };
  } finally {
    await held.release();
  }
}

/** Connects to a monitor that broadcasts no voltage; one that is held by somebody else stays without. */
async function withVoltage(hub: BluetoothHub, monitor: FoundMonitor): Promise<FoundMonitor> {
  if (monitor.voltage !== undefined) return monitor;
  try {
    const signal = AbortSignal.timeout(VOLTAGE_MS);
    const reading = await readOnce(hub, { address: monitor.address }, { signal });
    const { device_type: family, voltage, state_of_charge: stateOfCharge } = reading;
    return { ...monitor, family, voltage, stateOfCharge };
  } catch {
    return monitor;
  }
}

/** Only what a panel may choose: a path from a request is never opened. */
function choiceOf(body: unknown): AdapterChoice {
  const { adapter, hciDevice } = (body ?? {}) as { adapter?: unknown; hciDevice?: unknown };
  if (adapter === 'simulator') return { kind: 'simulator' };
  const number = Number(hciDevice);
  const isSet = hciDevice !== '' && Number.isInteger(number) && number >= 0 && number <= 15;
  return isSet ? { kind: 'bluetooth', hciDevice: number } : { kind: 'bluetooth' };
}

function monitorOf(hub: BluetoothHub, address: string): FoundMonitor | undefined {
  const seen = hub.lastSeen(address);
  if (!seen) return undefined;
  const state = seen.manufacturerData ? decodeAdvertisement(seen.manufacturerData, address) : undefined;
  return {
    address,
    name: seen.name ?? '',
    family: state?.family ?? '',
    rssi: seen.rssi,
    ...(state?.kind === 'encrypted' ? { voltage: state.voltage } : {}),
    ...(state ? { stateOfCharge: state.stateOfCharge } : {}),
  };
}
