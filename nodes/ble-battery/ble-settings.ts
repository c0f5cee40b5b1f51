import { canonicalAddress } from '../../src/battery/address.js';
import { FAMILY_NAMES, type Family } from '../../src/battery/frames/family.js';
import type { DeviceSettings } from '../../src/battery/reader/device-loop.js';
import { vehicleIdOf } from '../../src/battery/vehicle/report.js';
import { cellText, decimalNumber } from '../../src/written.js';
import type { Settings } from '../runtime/settings.js';
import type { AdapterChoice } from './adapters.js';

export const ADAPTERS = ['bluetooth', 'simulator', 'replay'] as const;
export const MODES = ['live', 'poll', 'discover', 'history'] as const;
export const LINK_USES = ['hold', 'poll', 'advertisements'] as const;

const MOST_DEVICES = 100;
const LONGEST_INTERVAL_S = 7 * 24 * 3600;

/** Fields `adapter`, `hciDevice`, `serialPort`, `baudRate` and `capture`. */
export function adapterSetting(settings: Settings): AdapterChoice {
  const kind = settings.choice('adapter', ADAPTERS, 'bluetooth');
  if (kind === 'simulator') return { kind };
  if (kind === 'replay') return { kind, path: settings.required('capture', 'The path of the capture') };
  const path = settings.text('serialPort');
  if (path !== '') {
    const baudRate = settings.integer('baudRate', { minimum: 1200, maximum: 4_000_000, otherwise: 115_200 });
    return { kind, serialPort: { path, baudRate } };
  }
  const hciDevice = settings.integer('hciDevice', { minimum: 0, maximum: 15, otherwise: -1 });
  return hciDevice < 0 ? { kind } : { kind, hciDevice };
}

/** The rows of the field `devices`, each checked on its own. */
export function deviceSettings(settings: Settings, rows: unknown): DeviceSettings[] {
  if (!Array.isArray(rows)) return [];
  if (rows.length > MOST_DEVICES) settings.fault('devices', `more than ${MOST_DEVICES} devices.`);
  const devices = rows.slice(0, MOST_DEVICES).flatMap((row: unknown, index) => {
    return settings.check(`devices, row ${index + 1}`, () => deviceOf(row as Record<string, unknown>)) ?? [];
  });
  const addresses = devices.map(({ address }) => address);
  const twice = addresses.find((address, index) => addresses.indexOf(address) !== index);
  if (twice !== undefined) settings.fault('devices', `${twice} is listed twice.`);
  return devices;
}

function deviceOf(row: Record<string, unknown>): DeviceSettings {
  const text = (field: string): string => {
    const cell = cellText(row[field]);
    if (cell === undefined) throw new Error(`the ${field} must be text or a number.`);
    return cell;
  };
  const family = text('family');
  const vehicle = text('vehicle');
  const seconds = text('seconds');
  return {
    address: canonicalAddress(text('address')),
    ...(family === '' ? {} : { family: familyOf(family) }),
    ...(vehicle === '' ? {} : { vehicleId: vehicleIdOf(vehicle) }),
    ...(seconds === '' ? {} : { seconds: secondsOf(seconds) }),
  };
}

function familyOf(text: string): Family {
  const family = FAMILY_NAMES.find((each) => each === text);
  if (family !== undefined) return family;
  throw new Error(`the family "${text}" must be one of ${FAMILY_NAMES.join(', ')}, or empty.`);
}

function secondsOf(text: string): number {
  const seconds = decimalNumber(text);
  if (seconds !== undefined && seconds >= 0 && seconds <= LONGEST_INTERVAL_S) return seconds;
  throw new Error(`the interval "${text}" must be 0 to ${LONGEST_INTERVAL_S} seconds.`);
}
