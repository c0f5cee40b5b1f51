import type { Device } from './device.js';
import type { DeviceRegistry, Newcomer } from './device-registry.js';

/** Most devices, and most newcomers, that are listed at a time. */
const MOST = 200;

/** What somebody wants to see of a registry. */
export interface ListingWish {
  /** A part of a serial number or a name; empty for all. */
  find: string;
  /** After how long a device that is not heard is silent, milliseconds; 0: none is. */
  silentAfter: number;
}

export interface ListedDevice extends Device {
  state: 'heard' | 'silent' | 'unheard';
  /** Milliseconds since the epoch. */
  heard?: number;
}

/** What a person can take in at a time, and how much there is in all. */
export interface Listing {
  devices: ListedDevice[];
  newcomers: Newcomer[];
  /** How many by that name are not listed. */
  more: { devices: number; newcomers: number };
  counts: { known: number; silent: number; newcomers: number; held: number };
}

/** Who is in a registry and who is not, what wants a person first: the silent ones, and those that wait for a decision. */
export function listDevices(registry: DeviceRegistry, { find, silentAfter }: ListingWish): Listing {
  const wanted = find.trim().toLowerCase();
  const fits = (...names: (string | undefined)[]): boolean =>
    wanted === '' || names.some((name) => name?.toLowerCase().includes(wanted) === true);
  const isSilent = ({ quiet }: { quiet: number }): boolean => silentAfter > 0 && quiet > silentAfter;
  const known = registry.listKnown();
  const silent = known.filter(isSilent);
  const ordered = [
    ...silent.sort((one, other) => other.quiet - one.quiet),
    ...known.filter((each) => !isSilent(each)),
  ].filter(({ device: { serialNumber, name } }) => fits(serialNumber, name));
  const all = registry.listNewcomers();
  const newcomers = all
    .filter(({ serialNumber }) => fits(serialNumber))
    .sort((one, other) => rank(one) - rank(other) || other.lastSeen - one.lastSeen);
  return {
    devices: ordered.slice(0, MOST).map((each) => {
      const { device, heard } = each;
      const state = isSilent(each) ? 'silent' : heard === undefined ? 'unheard' : 'heard';
      return { ...device, state, ...(heard === undefined ? {} : { heard }) };
    }),
    newcomers: newcomers.slice(0, MOST),
    more: {
      devices: Math.max(0, ordered.length - MOST),
      newcomers: Math.max(0, newcomers.length - MOST),
    },
    counts: {
      known: known.length,
      silent: silent.length,
      newcomers: all.length,
      held: registry.heldMessages,
    },
  };
}

function rank({ state }: Newcomer): number {
  return state === 'held' ? 0 : 1;
}
