import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { BluetoothHub } from '../../src/battery/reader/hub.js';
import type { GridwireError } from '../../src/errors.js';

/** Shows what the adapter is doing, and how many devices are there. */
export class BleStatus {
  readonly #RED: NodeAPI;
  readonly #node: Node;
  readonly #connected = new Set<string>();
  readonly #total: number;
  #adapterMissing = false;

  constructor(RED: NodeAPI, node: Node, total: number) {
    this.#RED = RED;
    this.#node = node;
    this.#total = total;
  }

  device(address: string, connected: boolean): void {
    if (connected) this.#connected.add(address);
    else this.#connected.delete(address);
    this.devices();
  }

  devices(): void {
    // While the adapter is missing, that is what the user must know.
    if (this.#adapterMissing) return;
    const connected = this.#connected.size;
    const fill = connected === this.#total ? 'green' : connected > 0 ? 'yellow' : 'grey';
    this.#show({ fill, shape: 'dot' }, 'devices', { connected, total: this.#total });
  }

  /** The adapter's own state; its whole explanation goes to the log, the status has room for a few words. */
  adapter(hub: BluetoothHub, problem: GridwireError | undefined): void {
    this.#adapterMissing = hub.state !== 'ready';
    if (!this.#adapterMissing) this.#show({ fill: 'green', shape: 'ring' }, 'ready');
    else this.#show({ fill: 'red', shape: 'ring' }, problem?.code ?? 'BLUETOOTH_UNAVAILABLE');
  }

  found(count: number): void {
    this.#show({ fill: 'blue', shape: 'dot' }, 'found', { count });
  }

  reading(): void {
    this.#show({ fill: 'blue', shape: 'ring' }, 'reading');
  }

  history(received: number, total: number | undefined): void {
    const word = total === undefined ? 'history' : 'history-of';
    this.#show({ fill: 'blue', shape: 'dot' }, word, { received, total: total ?? 0 });
  }

  done(): void {
    this.#show({ fill: 'green', shape: 'dot' }, 'done');
  }

  failed(error: GridwireError): void {
    this.#show({ fill: 'red', shape: 'dot' }, 'failed', { code: error.code });
  }

  #show(look: NodeStatus, word: string, values: Record<string, string | number> = {}): void {
    this.#node.status({ ...look, text: this.#RED._(`gridwire-ble-battery.status.${word}`, values) });
  }
}
