import type { EventEmitter } from 'node:events';
import type { GridwireError } from '../../errors.js';

/**
 * The one interface behind which real Bluetooth, the simulator and the replay of captures stand. It knows advertisements
 * and links; frames are bytes to it.
 */
export interface BluetoothAdapter extends EventEmitter<AdapterEvents> {
  readonly state: AdapterState;

  /**
   * Starts the adapter and keeps following it until `close`, also when it is unplugged and comes back. Resolves when
   * its first state is known; trouble is told by `state` events, never by rejection.
   */
  open(): Promise<void>;

  /** Ends scan and links and lets go of the hardware. Safe to call twice. */
  close(): Promise<void>;

  /** Starts reporting advertisements, repeated ones too; may be called while scanning. A connection attempt may end it. */
  startScan(): Promise<void>;
  stopScan(): Promise<void>;

  /**
   * Connects to a battery monitor and finds its service.
   * @param address as advertised, upper case with colons
   * @param signal gives the attempt up
   * @throws GridwireError `MONITOR_UNREACHABLE`, `MONITOR_UNREADABLE` (no such service) or `BLUETOOTH_UNAVAILABLE`
   */
  connect(address: string, signal: AbortSignal): Promise<Link>;
}

export type AdapterState = 'starting' | 'ready' | 'unavailable';

export interface AdapterEvents {
  /** Every change; `problem` says what is wrong and which command mends it. */
  state: [state: AdapterState, problem: GridwireError | undefined];
  advertisement: [advertisement: Advertisement];
}

export interface Advertisement {
  /** Upper case with colons. */
  address: string;
  name?: string;
  /** Signal strength, dBm. */
  rssi: number;
  /** Company id included. */
  manufacturerData?: Uint8Array;
  /** Lower case, 16-bit form where there is one. */
  serviceUuids: readonly string[];
}

/** A connection to one monitor: notifications come from FFF4, requests go to FFF3. */
export interface Link extends EventEmitter<LinkEvents> {
  readonly address: string;
  readonly isOpen: boolean;
  /** Turns the notifications on. Attach the listener before. */
  subscribe(): Promise<void>;
  write(bytes: Uint8Array, withResponse: boolean): Promise<void>;
  /** Ends the link; `closed` follows. Safe to call twice. */
  close(): Promise<void>;
}

export interface LinkEvents {
  notification: [bytes: Uint8Array];
  /** Once, however the link ended; `reason` is there when nobody asked for it. */
  closed: [reason: GridwireError | undefined];
}
