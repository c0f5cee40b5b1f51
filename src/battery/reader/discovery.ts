import { decodeAdvertisement } from '../frames/advertisement.js';
import { isMonitorName, SERVICE_UUID } from '../frames/family.js';
import type { Advertisement } from './adapter.js';
import type { BluetoothHub } from './hub.js';
import { discoveryOf, type BatteryDiscovery } from './reading.js';

/** A street full of phones changes addresses all day; nobody has so many batteries. */
const MOST_KNOWN = 1000;

/**
 * Reports battery monitors as they are seen: new ones at once, known ones again when more is learnt about them.
 * @param scan false: only listens while others scan
 * @returns ends the discovery
 */
export function discover(
  hub: BluetoothHub,
  found: (discovery: BatteryDiscovery) => void,
  { scan = true }: { scan?: boolean } = {},
): () => void {
  const known = new Map<string, string>();
  const listen = (advertisement: Advertisement): void => {
    const { address, manufacturerData, name } = advertisement;
    const state = manufacturerData ? decodeAdvertisement(manufacturerData, address) : undefined;
    const named = name !== undefined && isMonitorName(name);
    if (!state && !named && !advertisement.serviceUuids.includes(SERVICE_UUID)) return;
    const learnt = `${name ?? ''} ${state?.family ?? ''}`;
    if (known.get(address) === learnt) return;
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(address, learnt);
    found(discoveryOf(advertisement, state));
  };
  hub.on('advertisement', listen);
  const stopScan = scan ? hub.scan() : undefined;
  return () => {
    hub.off('advertisement', listen);
    stopScan?.();
  };
}
