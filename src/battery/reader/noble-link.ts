import { EventEmitter } from 'node:events';
import type { Characteristic, Peripheral } from '@stoprocent/noble';
import { GridwireError } from '../../errors.js';
import { NOTIFY_UUID, SERVICE_UUID, WRITE_UUID } from '../frames/family.js';
import { abortable } from './abortable.js';
import type { Link, LinkEvents } from './adapter.js';

/** A vanished adapter never confirms a disconnect; nobody waits longer for one. */
const DISCONNECT_MS = 3000;

/** A connected noble peripheral as a `Link`. */
export class NobleLink extends EventEmitter<LinkEvents> implements Link {
  readonly address: string;
  readonly #peripheral: Peripheral;
  readonly #write: Characteristic;
  readonly #notify: Characteristic;
  #open = true;
  #closing = false;

  private constructor(
    address: string,
    peripheral: Peripheral,
    write: Characteristic,
    notify: Characteristic,
  ) {
    super();
    this.address = address;
    this.#peripheral = peripheral;
    this.#write = write;
    this.#notify = notify;
    notify.on('data', (data: Buffer) => this.emit('notification', Uint8Array.from(data)));
    peripheral.once('disconnect', (reason) => this.#end(reason));
    if (peripheral.state !== 'connected') this.#end('before the service was found');
  }

  /**
   * Finds service FFF0 and its two characteristics on a connected peripheral.
   * @throws GridwireError `MONITOR_UNREADABLE` when it has none
   */
  static async over(address: string, peripheral: Peripheral, signal: AbortSignal): Promise<NobleLink> {
    const [service] = await abortable(peripheral.discoverServicesAsync([SERVICE_UUID]), signal);
    const characteristics = service
      ? await abortable(service.discoverCharacteristicsAsync([WRITE_UUID, NOTIFY_UUID]), signal)
      : [];
    const find = (uuid: string): Characteristic | undefined =>
      characteristics.find((characteristic) => characteristic.uuid === uuid);
    const write = find(WRITE_UUID);
    const notify = find(NOTIFY_UUID);
    if (write && notify) return new NobleLink(address, peripheral, write, notify);
    throw new GridwireError(
      'MONITOR_UNREADABLE',
      `${address} has no battery monitor service (FFF0 with FFF3 and FFF4). It is another kind of device.`,
      { details: { address } },
    );
  }

  get isOpen(): boolean {
    return this.#open;
  }

  subscribe(): Promise<void> {
    return this.#orLost(this.#notify.subscribeAsync());
  }

  write(bytes: Uint8Array, withResponse: boolean): Promise<void> {
    return this.#orLost(this.#write.writeAsync(Buffer.from(bytes), !withResponse));
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#closing = true;
    const disconnected = this.#peripheral.disconnectAsync();
    await abortable(disconnected, AbortSignal.timeout(DISCONNECT_MS)).catch(() => undefined);
    this.#end('not confirmed');
  }

  async #orLost(operation: Promise<unknown>): Promise<void> {
    try {
      await operation;
    } catch (error) {
      throw this.#lost(error);
    }
  }

  #end(reason: number | string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#notify.removeAllListeners('data');
    this.emit('closed', this.#closing ? undefined : this.#lost(reason));
  }

  #lost(cause: unknown): GridwireError {
    return new GridwireError(
      'MONITOR_LINK_LOST',
      `The link to ${this.address} was lost. The device is at the edge of its range, or the adapter is gone.`,
      { cause, details: { address: this.address } },
    );
  }
}
