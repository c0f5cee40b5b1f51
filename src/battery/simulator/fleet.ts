import type { Family } from '../frames/family.js';
import type { Behaviour } from './battery-model.js';

/** One battery with its monitor, as the simulator shows it. */
export interface SimulatedMonitor {
  address: string;
  name: string;
  family: Family;
  behaviour: Behaviour;
  /** 0 to 1 at the start. */
  charge: number;
  /** Degrees Celsius. */
  ambient: number;
  rssi: number;
  failure: Failure;
}

/**
 * What goes wrong with it: `drops` loses the link every 20 frames, `noise` spoils every third frame, `absent` never
 * advertises.
 */
export type Failure = 'none' | 'drops' | 'noise' | 'absent';

/** A small fleet with one of everything; the addresses are locally administered, so no real device has them. */
export const DEFAULT_FLEET: readonly SimulatedMonitor[] = [
  monitor('02:47:57:00:00:01', 'BM6', 'BM6', 'driving', { charge: 0.8, ambient: 18 }),
  monitor('02:47:57:00:00:02', 'Battery Monitor', 'BM2', 'charging', { charge: 0.6, ambient: 18 }),
  monitor('02:47:57:00:00:03', 'BM300 Pro', 'BM7', 'discharging', { charge: 0.7, ambient: -4 }),
  monitor('02:47:57:00:00:04', 'BM6', 'BM6', 'resting', { charge: 0.5, ambient: 0, failure: 'drops' }),
  monitor('02:47:57:00:00:05', 'BM6', 'BM6', 'resting', { charge: 0.9, ambient: 10, failure: 'noise' }),
  monitor('02:47:57:00:00:06', 'BM6', 'BM6', 'discharging', { charge: 0.6, ambient: 5 }),
];

function monitor(
  address: string,
  name: string,
  family: Family,
  behaviour: Behaviour,
  rest: { charge: number; ambient: number; failure?: Failure },
): SimulatedMonitor {
  return { address, name, family, behaviour, rssi: -62, failure: 'none', ...rest };
}
