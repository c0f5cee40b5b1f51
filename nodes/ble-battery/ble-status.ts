import type { BluetoothHub } from '../../src/battery/reader/hub.js';
import { GridwireError } from '../../src/errors.js';
import type { StatusLine } from '../runtime/status.js';

/** Shows what the adapter is doing, and how many devices are there. */
export class BleStatus {
  private readonly connected = new Set<string>();

  constructor(
    private readonly status: StatusLine,
    private readonly total: number,
  ) {
    status.show('ready');
  }

  device(address: string, connected: boolean): void {
    if (connected) this.connected.add(address);
    else this.connected.delete(address);
    const values = { connected: this.connected.size, total: this.total };
    this.status.show('monitors', values);
    if (values.connected < values.total) this.status.set('monitors', 'monitors-away', values);
    else this.status.clear('monitors');
  }

  /** The adapter's own state, with what is to be done about it. */
  adapter({ state }: BluetoothHub, problem: GridwireError | undefined): void {
    if (state === 'ready') this.status.clear('adapter');
    else this.status.set('adapter', 'error', {}, problem ?? noAdapter());
  }

  found(count: number): void {
    this.status.show('monitors-found', { count });
  }

  reading(): void {
    this.status.show('monitor-reading');
  }

  history(received: number, total: number | undefined): void {
    const word = total === undefined ? 'monitor-history' : 'monitor-history-of';
    this.status.show(word, { received, total: total ?? 0 });
  }

  done(): void {
    this.status.show('monitor-done');
  }

  failed(error: GridwireError): void {
    this.status.set('reader', 'error', {}, error);
  }
}

function noAdapter(): GridwireError {
  return new GridwireError('BLUETOOTH_UNAVAILABLE', 'The Bluetooth adapter is not ready yet.');
}
