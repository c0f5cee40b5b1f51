import { EventEmitter } from 'node:events';
import type { ErrorCode } from '../../errors.js';
import { decodeAdvertisement } from '../frames/advertisement.js';
import { FAMILIES, type Family } from '../frames/family.js';
import type { Advertisement } from './adapter.js';
import { DEFAULT_TIMING, DeviceLoop, type DeviceSettings, type LinkUse, type Timing } from './device-loop.js';
import type { BluetoothHub } from './hub.js';
import { readingFromAdvertisement, statusOf, type BatteryReading, type BatteryStatus } from './reading.js';
import { Staleness } from './staleness.js';

export interface ReaderSettings {
  devices: readonly DeviceSettings[];
  /** `advertisements` opens no link at all: passive, and only as good as what the devices choose to broadcast. */
  use: LinkUse | 'advertisements';
  timing?: Timing;
}

export interface ReaderEvents {
  reading: [BatteryReading];
  status: [BatteryStatus];
  /** A monitor could not be read; every attempt is one. */
  failure: [ErrorCode];
}

/** Reads a set of devices continuously through a shared hub. */
export class BatteryReader extends EventEmitter<ReaderEvents> {
  readonly #hub: BluetoothHub;
  readonly #settings: ReaderSettings;
  readonly #stop = new AbortController();
  readonly #staleness = new Staleness((address) => this.#onStale(address));
  readonly #loops: Promise<void>[] = [];
  #stopScan: (() => void) | undefined;
  readonly #onAdvertisement = (advertisement: Advertisement): void => this.#readPassively(advertisement);
  readonly #lastPassiveAt = new Map<string, number>();

  constructor(hub: BluetoothHub, settings: ReaderSettings) {
    super();
    this.#hub = hub;
    this.#settings = settings;
  }

  start(): void {
    const { devices, use, timing } = this.#settings;
    for (const device of devices) this.#staleness.heard(device.address, this.#intervalMs(device));
    if (use === 'advertisements') {
      this.#hub.on('advertisement', this.#onAdvertisement);
      this.#stopScan = this.#hub.scan();
      return;
    }
    const events = {
      reading: (reading: BatteryReading) => this.#emitReading(reading),
      status: (status: BatteryStatus) => this.emit('status', status),
      failure: (code: ErrorCode) => this.emit('failure', code),
    };
    for (const device of devices) {
      this.#loops.push(new DeviceLoop(this.#hub, device, use, events, timing).run(this.#stop.signal));
    }
  }

  /** Ends every link and resolves when all is quiet. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#staleness.stop();
    this.#hub.off('advertisement', this.#onAdvertisement);
    this.#stopScan?.();
    await Promise.all(this.#loops);
  }

  #emitReading(reading: BatteryReading): void {
    const device = this.#device(reading.device_id);
    if (device) this.#staleness.heard(device.address, this.#intervalMs(device, reading.device_type));
    this.emit('reading', reading);
  }

  #readPassively(advertisement: Advertisement): void {
    const device = this.#device(advertisement.address);
    if (!device || !advertisement.manufacturerData) return;
    const state = decodeAdvertisement(advertisement.manufacturerData, advertisement.address);
    if (state?.kind !== 'encrypted') return;
    const last = this.#lastPassiveAt.get(device.address);
    const now = performance.now();
    if (last !== undefined && now - last < (device.seconds ?? 0) * 1000) return;
    this.#lastPassiveAt.set(device.address, now);
    if (last === undefined) {
      this.emit(
        'status',
        statusOf(device, { connected: true, family: state.family, signalStrength: advertisement.rssi }),
      );
    }
    this.#emitReading(readingFromAdvertisement(device, state, advertisement.rssi));
  }

  #onStale(address: string): void {
    const device = this.#device(address);
    if (!device) return;
    this.#lastPassiveAt.delete(address);
    // With a link it is the attempt that fails.
    if (this.#settings.use === 'advertisements') this.emit('failure', 'MONITOR_SILENT');
    this.emit('status', statusOf(device, { connected: false, family: device.family, stale: true }));
  }

  #device(address: string): DeviceSettings | undefined {
    return this.#settings.devices.find((device) => device.address === address);
  }

  #intervalMs(device: DeviceSettings, family: Family = device.family ?? 'BM2'): number {
    const { use, timing = DEFAULT_TIMING } = this.#settings;
    if (use === 'poll') return (device.seconds ?? FAMILIES[family].pollSeconds) * 1000;
    return Math.max(timing.leastIntervalMs, (device.seconds ?? 0) * 1000);
  }
}
