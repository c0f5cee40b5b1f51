import { GridwireError } from '../../errors.js';
import { canonicalAddress } from '../address.js';

/** One device of a capture: what it advertised and what it notified after the link was up. */
export interface CapturedDevice {
  address: string;
  name?: string;
  rssi: number;
  manufacturerData?: Uint8Array;
  notifications: readonly { afterMs: number; bytes: Uint8Array }[];
}

const MOST_DEVICES = 100;
const MOST_NOTIFICATIONS = 100_000;

/**
 * Reads a capture: `{"devices": [{"address", "name"?, "rssi"?, "manufacturer_data"?, "notifications": [{"after_ms",
 * "hex"}]}]}`, all bytes in hex as they were on the air.
 * @throws GridwireError `SETTING_INVALID` that names the place
 */
export function parseCapture(text: string): CapturedDevice[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalid('it is not JSON', error);
  }
  return list(field(document, 'devices'), 'devices', MOST_DEVICES).map((device, index) =>
    parseDevice(device, `devices[${index}]`),
  );
}

function parseDevice(device: unknown, where: string): CapturedDevice {
  const name = field(device, 'name');
  const rssi = field(device, 'rssi') ?? -60;
  const manufacturerData = field(device, 'manufacturer_data');
  if (name !== undefined && typeof name !== 'string') throw invalid(`${where}.name is not a text`);
  if (typeof rssi !== 'number') throw invalid(`${where}.rssi is not a number`);
  const notifications = list(
    field(device, 'notifications') ?? [],
    `${where}.notifications`,
    MOST_NOTIFICATIONS,
  );
  return {
    address: canonicalAddress(String(field(device, 'address'))),
    ...(name === undefined ? {} : { name }),
    rssi,
    ...(manufacturerData === undefined
      ? {}
      : { manufacturerData: hex(manufacturerData, `${where}.manufacturer_data`) }),
    notifications: notifications.map((notification, index) =>
      parseNotification(notification, `${where}.notifications[${index}]`),
    ),
  };
}

function parseNotification(notification: unknown, where: string): { afterMs: number; bytes: Uint8Array } {
  const afterMs = field(notification, 'after_ms');
  if (typeof afterMs !== 'number' || !(afterMs >= 0))
    throw invalid(`${where}.after_ms is not a positive number`);
  return { afterMs, bytes: hex(field(notification, 'hex'), `${where}.hex`) };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<string, unknown>)[name];
}

function list(value: unknown, where: string, most: number): unknown[] {
  if (!Array.isArray(value)) throw invalid(`${where} is not a list`);
  if (value.length > most) throw invalid(`${where} has more than ${most} entries`);
  return value;
}

function hex(value: unknown, where: string): Uint8Array {
  if (typeof value !== 'string' || !/^([0-9a-fA-F]{2}){1,512}$/.test(value)) {
    throw invalid(`${where} is not hex of 1 to 512 bytes`);
  }
  return Uint8Array.from(Buffer.from(value, 'hex'));
}

function invalid(what: string, cause?: unknown): GridwireError {
  return new GridwireError('SETTING_INVALID', `The capture cannot be played back: ${what}.`, { cause });
}
