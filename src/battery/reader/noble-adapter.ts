import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type * as NoblePackage from '@stoprocent/noble';
import type { Noble, Peripheral } from '@stoprocent/noble';
import { GridwireError, toGridwireError } from '../../errors.js';
import { own } from '../../own.js';
import { abortable } from './abortable.js';
import type { AdapterEvents, AdapterState, BluetoothAdapter, Link } from './adapter.js';
import { canonicalAddress } from '../address.js';
import { NobleLink } from './noble-link.js';
import { hasLinuxAdapter, noAdapter, nobleProblem, notInstalled } from './noble-state.js';

export interface NobleOptions {
  /** Number of the HCI device on Linux; default is the first. */
  hciDevice?: number;
  /** A controller on a serial line, for example `/dev/ttyAMA0`. */
  serialPort?: { path: string; baudRate: number };
}

export type NobleLoader = () => Promise<Pick<typeof NoblePackage, 'withBindings'>>;

const SETTLE_MS = 3000;
const ADAPTER_CHECK_MS = 5000;
/** Phones change their addresses all day. */
const MOST_PERIPHERALS = 2000;

/** Real Bluetooth by @stoprocent/noble, an optional package that is loaded only when this adapter is opened. */
export class NobleAdapter extends EventEmitter<AdapterEvents> implements BluetoothAdapter {
  readonly #options: NobleOptions;
  readonly #loadPackage: NobleLoader;
  readonly #peripherals = new Map<string, Peripheral>();
  readonly #links = new Set<Link>();
  #noble: Noble | undefined;
  #state: AdapterState = 'starting';
  #waiting: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param load loads the package; a test hands in one that is missing */
  constructor(options: NobleOptions = {}, load: NobleLoader = () => import('@stoprocent/noble')) {
    super();
    this.#options = options;
    this.#loadPackage = load;
  }

  get state(): AdapterState {
    return this.#state;
  }

  async open(): Promise<void> {
    try {
      if (this.#needsAdapterFirst()) this.#waitForAdapter();
      else await this.#start();
    } catch (error) {
      this.#setState('unavailable', toGridwireError(error, 'BLUETOOTH_UNAVAILABLE'));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#waiting);
    for (const link of this.#links) await link.close();
    const noble = this.#noble;
    this.#noble = undefined;
    noble?.removeAllListeners('stateChange');
    noble?.removeAllListeners('discover');
    try {
      noble?.stop();
    } catch {
      // An adapter that is gone cannot be stopped.
    }
  }

  async startScan(): Promise<void> {
    await this.#noble?.startScanningAsync([], true);
  }

  async stopScan(): Promise<void> {
    await this.#noble?.stopScanningAsync();
  }

  async connect(address: string, signal: AbortSignal): Promise<Link> {
    const peripheral = this.#peripherals.get(address);
    if (!peripheral) throw unreachable(address, 'it has not been seen');
    try {
      await abortable(peripheral.connectAsync(), signal);
      const link = await NobleLink.over(address, peripheral, signal);
      this.#links.add(link);
      link.once('closed', () => this.#links.delete(link));
      return link;
    } catch (error) {
      giveUp(peripheral);
      if (error instanceof GridwireError) throw error;
      throw unreachable(address, signal.aborted ? 'it did not answer in time' : 'the link failed', error);
    }
  }

  /** Many an adapter is reported as switched off for a moment while it starts; only then does its state count. */
  async #start(): Promise<void> {
    const noble = await this.#load();
    this.#noble = noble;
    noble.on('discover', (peripheral) => this.#onDiscover(peripheral));
    const settled = new AbortController();
    const onFirst = (state: string): void => {
      if (state !== 'unknown' && state !== 'poweredOff') settled.abort();
    };
    // Reading the state starts the hardware, so that a failure to start is thrown here and not into the void.
    onFirst(withoutNewSigintListener(() => noble.state));
    noble.on('stateChange', onFirst);
    await pause(SETTLE_MS, undefined, { signal: settled.signal }).catch(() => undefined);
    noble.removeListener('stateChange', onFirst);
    this.#onNobleState(noble.state);
    noble.on('stateChange', (state) => this.#onNobleState(state));
  }

  async #load(): Promise<Noble> {
    const { hciDevice, serialPort } = this.#options;
    const { withBindings } = await this.#loadPackage().catch((error: unknown) => {
      throw notInstalled(error);
    });
    if (serialPort) {
      const uart = { port: serialPort.path, baudRate: serialPort.baudRate, flowControl: false };
      return withBindings('hci', { hciDriver: 'uart', bindParams: { uart } });
    }
    return withBindings('default', hciDevice === undefined ? {} : { deviceId: hciDevice });
  }

  #needsAdapterFirst(): boolean {
    return process.platform === 'linux' && !this.#options.serialPort && !hasLinuxAdapter();
  }

  #waitForAdapter(): void {
    this.#setState('unavailable', noAdapter());
    this.#waiting = setInterval(() => {
      if (!hasLinuxAdapter()) return;
      clearInterval(this.#waiting);
      own(this.open(), (error) => this.#setState('unavailable', error));
    }, ADAPTER_CHECK_MS);
    this.#waiting.unref();
  }

  #onNobleState(state: string): void {
    if (state === 'poweredOn') this.#setState('ready', undefined);
    else this.#setState('unavailable', nobleProblem(state));
  }

  #setState(state: AdapterState, problem: GridwireError | undefined): void {
    if (this.#closed) return;
    this.#state = state;
    // noble forgets its peripherals with the adapter; the old objects would never connect again.
    if (state !== 'ready') this.#peripherals.clear();
    this.emit('state', state, problem);
  }

  #onDiscover(peripheral: Peripheral): void {
    const address = addressOf(peripheral);
    if (address === undefined) return;
    if (this.#peripherals.size >= MOST_PERIPHERALS) this.#peripherals.clear();
    this.#peripherals.set(address, peripheral);
    const { localName, manufacturerData, serviceUuids } = peripheral.advertisement as Partial<
      Peripheral['advertisement']
    >;
    this.emit('advertisement', {
      address,
      ...(localName ? { name: localName } : {}),
      rssi: peripheral.rssi,
      ...(manufacturerData ? { manufacturerData } : {}),
      serviceUuids: serviceUuids ?? [],
    });
  }
}

/**
 * noble ends the process on Ctrl-C when its listener is the last one, and so would cut off whoever is stopping in
 * order. Its own clean-up runs at the process's exit anyway.
 */
function withoutNewSigintListener<T>(start: () => T): T {
  const before = process.listeners('SIGINT');
  const result = start();
  for (const listener of process.listeners('SIGINT')) {
    if (!before.includes(listener)) process.removeListener('SIGINT', listener);
  }
  return result;
}

/** macOS hides addresses; without one a device has no name in a topic and is left out. */
function addressOf(peripheral: Peripheral): string | undefined {
  try {
    return canonicalAddress(peripheral.address);
  } catch {
    return undefined;
  }
}

function giveUp(peripheral: Peripheral): void {
  if (peripheral.state === 'connecting') peripheral.cancelConnect();
  else if (peripheral.state === 'connected') peripheral.disconnect();
}

function unreachable(address: string, why: string, cause?: unknown): GridwireError {
  return new GridwireError(
    'MONITOR_UNREACHABLE',
    `${address} cannot be connected: ${why}. Move closer, or close the maker's app if it holds the link.`,
    { cause, details: { address } },
  );
}
