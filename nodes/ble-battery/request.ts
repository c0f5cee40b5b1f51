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

/** `msg.limit`, the newest records to read, within the panel's own limit. */
export function limitOf(message: NodeMessage, most: number): number {
  const { limit } = message as { limit?: unknown };
  return typeof limit === 'number' && limit >= 1 ? Math.min(Math.floor(limit), most) : most;
}
