import { EventEmitter } from 'node:events';
import { GridwireError } from '../../errors.js';
import type { AdapterEvents, AdapterState, BluetoothAdapter, Link } from '../reader/adapter.js';
import { LocalLink } from '../reader/local-link.js';
import { DEFAULT_FLEET, type SimulatedMonitor } from './fleet.js';
import { SimulatedPeripheral } from './simulated-peripheral.js';

export interface SimulationOptions {
  fleet?: readonly SimulatedMonitor[];
  /** Simulated seconds per second; frames and advertisements come as much faster. Default 1. */
  speed?: number;
  /** Records each monitor has stored. Default 1,000. */
  historyRecords?: number;
}

/** Bluetooth without hardware: a fleet of batteries whose monitors speak the real protocol, cipher included. */
export class SimulatedAdapter extends EventEmitter<AdapterEvents> implements BluetoothAdapter {
  readonly #speed: number;
  readonly #peripherals: readonly SimulatedPeripheral[];
  readonly #links = new Map<string, LocalLink>();
  #state: AdapterState = 'starting';
  #advertising: NodeJS.Timeout | undefined;

  constructor({ fleet = DEFAULT_FLEET, speed = 1, historyRecords = 1000 }: SimulationOptions = {}) {
    super();
    this.#speed = speed;
    this.#peripherals = fleet.map(
      (monitor) =>
        new SimulatedPeripheral(monitor, speed, historyRecords, () => this.loseLink(monitor.address)),
    );
  }

  get state(): AdapterState {
    return this.#state;
  }

  open(): Promise<void> {
    this.#setState('ready');
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.stopScan();
    for (const link of this.#links.values()) await link.close();
  }

  startScan(): Promise<void> {
    clearInterval(this.#advertising);
    const advertise = (): void => this.#advertise();
    this.#advertising = setInterval(advertise, 1000 / this.#speed);
    setImmediate(advertise);
    return Promise.resolve();
  }

  stopScan(): Promise<void> {
    clearInterval(this.#advertising);
    this.#advertising = undefined;
    return Promise.resolve();
  }

  connect(address: string): Promise<Link> {
    const peripheral = this.#peripherals.find(({ monitor }) => monitor.address === address);
    if (this.#state !== 'ready' || !peripheral || this.#links.has(address)) {
      return Promise.reject(
        new GridwireError('MONITOR_UNREACHABLE', `No simulated monitor at ${address} takes a link now.`),
      );
    }
    const link = new LocalLink(address, peripheral);
    this.#links.set(address, link);
    link.once('closed', () => this.#links.delete(address));
    return Promise.resolve(link);
  }

  /** The device goes out of range. */
  loseLink(address: string): void {
    this.#links.get(address)?.lose();
  }

  /** Somebody pulls the adapter. */
  unplug(): void {
    for (const link of this.#links.values()) link.lose();
    this.#setState('unavailable');
  }

  /** And plugs it in again. */
  plugIn(): void {
    this.#setState('ready');
  }

  #setState(state: AdapterState): void {
    this.#state = state;
    const problem =
      state === 'unavailable'
        ? new GridwireError('BLUETOOTH_UNAVAILABLE', 'The simulated Bluetooth adapter was unplugged.')
        : undefined;
    this.emit('state', state, problem);
  }

  #advertise(): void {
    if (!this.#advertising || this.#state !== 'ready') return;
    for (const peripheral of this.#peripherals) {
      const { address, name, rssi, failure } = peripheral.monitor;
      // Like the real ones: whoever holds a link hears nothing more from the device.
      if (failure === 'absent' || this.#links.has(address)) continue;
      const manufacturerData = peripheral.manufacturerData();
      this.emit('advertisement', { address, name, rssi, manufacturerData, serviceUuids: ['fff0'] });
    }
  }
}
