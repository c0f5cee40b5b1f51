import { EventEmitter } from 'node:events';
import { GridwireError } from '../../errors.js';
import type { AdapterEvents, AdapterState, BluetoothAdapter, Link } from './adapter.js';
import type { CapturedDevice } from './capture.js';
import { LocalLink, type LocalPeripheral } from './local-link.js';

const ADVERTISEMENT_INTERVAL_MS = 1000;

/** Plays captured devices back: they advertise, and once notifications are on they repeat what they said. */
export class ReplayAdapter extends EventEmitter<AdapterEvents> implements BluetoothAdapter {
  readonly #devices: readonly CapturedDevice[];
  readonly #links = new Set<LocalLink>();
  #state: AdapterState = 'starting';
  #advertising: NodeJS.Timeout | undefined;

  constructor(devices: readonly CapturedDevice[]) {
    super();
    this.#devices = devices;
  }

  get state(): AdapterState {
    return this.#state;
  }

  open(): Promise<void> {
    this.#state = 'ready';
    this.emit('state', 'ready', undefined);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.stopScan();
    for (const link of this.#links) await link.close();
  }

  startScan(): Promise<void> {
    clearInterval(this.#advertising);
    const advertise = (): void => this.#advertise();
    this.#advertising = setInterval(advertise, ADVERTISEMENT_INTERVAL_MS);
    setImmediate(advertise);
    return Promise.resolve();
  }

  stopScan(): Promise<void> {
    clearInterval(this.#advertising);
    this.#advertising = undefined;
    return Promise.resolve();
  }

  connect(address: string): Promise<Link> {
    const device = this.#devices.find((candidate) => candidate.address === address);
    if (!device) {
      return Promise.reject(
        new GridwireError('MONITOR_UNREACHABLE', `${address} is not in the capture that is played back.`),
      );
    }
    const link = new LocalLink(address, new ReplayedPeripheral(device));
    this.#links.add(link);
    link.once('closed', () => this.#links.delete(link));
    return Promise.resolve(link);
  }

  #advertise(): void {
    if (!this.#advertising) return;
    const linked = new Set([...this.#links].map(({ address }) => address));
    for (const { address, name, rssi, manufacturerData } of this.#devices) {
      if (linked.has(address)) continue;
      this.emit('advertisement', {
        address,
        ...(name ? { name } : {}),
        rssi,
        ...(manufacturerData ? { manufacturerData } : {}),
        serviceUuids: [],
      });
    }
  }
}

class ReplayedPeripheral implements LocalPeripheral {
  readonly #device: CapturedDevice;
  #timers: NodeJS.Timeout[] = [];

  constructor(device: CapturedDevice) {
    this.#device = device;
  }

  onSubscribe(notify: (bytes: Uint8Array) => void): void {
    this.#timers = this.#device.notifications.map(({ afterMs, bytes }) =>
      setTimeout(() => notify(bytes), afterMs),
    );
  }

  onWrite(): void {
    // A capture answers with what it holds, whatever it is asked.
  }

  onClose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
