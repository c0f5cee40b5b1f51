import { inspect } from 'node:util';
import type { NodeMessage } from 'node-red';
import { canonicalAddress } from '../../src/battery/address.js';
import type { DeviceSettings } from '../../src/battery/reader/device-loop.js';
import { GridwireError } from '../../src/errors.js';

/**
 * The devices a message asks for: `msg.device` (an address), else all that are set.
 * @throws GridwireError `IDENTIFIER_ILLEGAL`, or `DEVICE_UNKNOWN` when there is none at all
 */
export function chosenDevices(
  message: NodeMessage,
  devices: readonly DeviceSettings[],
): readonly DeviceSettings[] {
  const { device } = message as { device?: unknown };
  if (device !== undefined) {
    const address = canonicalAddress(typeof device === 'string' ? device : '');
    return [devices.find((known) => known.address === address) ?? { address }];
  }
  if (devices.length > 0) return devices;
  throw new GridwireError('DEVICE_UNKNOWN', 'No device is listed in the panel, and msg.device names none.');
}

/**
 * `msg.limit`, the newest records to read, within the panel's own limit.
 * @throws GridwireError `SETTING_INVALID`
 */
export function limitOf(message: NodeMessage, most: number): number {
  const { limit } = message as { limit?: unknown };
  if (limit === undefined || limit === null) return most;
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1) return Math.min(limit, most);
  throw new GridwireError(
    'SETTING_INVALID',
    `msg.limit is ${inspect(limit).slice(0, 80)}; it must be a whole number from 1 on.`,
  );
}
