import { EventEmitter } from 'node:events';
import { GridwireError } from '../../errors.js';
import type { Link, LinkEvents } from './adapter.js';

/** The device's end of a link that runs inside this process (simulator, replay). */
export interface LocalPeripheral {
  /** Notifications were turned on; `notify` delivers one until the link closes. */
  onSubscribe(notify: (bytes: Uint8Array) => void): void;
  onWrite(bytes: Uint8Array): void;
  onClose(): void;
}

/** A link without radio. */
export class LocalLink extends EventEmitter<LinkEvents> implements Link {
  readonly address: string;
  readonly #peripheral: LocalPeripheral;
  #open = true;

  constructor(address: string, peripheral: LocalPeripheral) {
    super();
    this.address = address;
    this.#peripheral = peripheral;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  subscribe(): Promise<void> {
    this.#peripheral.onSubscribe((bytes) => {
      if (this.#open) this.emit('notification', bytes);
    });
    return Promise.resolve();
  }

  write(bytes: Uint8Array): Promise<void> {
    if (!this.#open) return Promise.reject(this.#lost());
    this.#peripheral.onWrite(bytes);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#end(undefined);
    return Promise.resolve();
  }

  /** What a real link does when the device goes out of range. */
  lose(): void {
    this.#end(this.#lost());
  }

  #end(reason: GridwireError | undefined): void {
    if (!this.#open) return;
    this.#open = false;
    this.#peripheral.onClose();
    this.emit('closed', reason);
  }

  #lost(): GridwireError {
    return new GridwireError('MONITOR_LINK_LOST', `The link to ${this.address} was lost.`, {
      details: { address: this.address },
    });
  }
}
