import type { Node } from 'node-red';
import type { DeviceRegistry } from '../../src/telemetry/device-registry.js';

/** What a `gridwire-devices` config node offers; `registry` is absent when its settings are invalid. */
export interface DevicesNode extends Node {
  registry?: DeviceRegistry;
  /** After how long a device of the table that is not heard is silent, milliseconds; 0: none is. */
  silentAfter?: number;
}
