import { EventEmitter, once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { GridwireError, toGridwireError } from '../../errors.js';
import { PassingMap } from '../../passing-map.js';
import type { AdapterEvents, AdapterState, Advertisement, BluetoothAdapter, Link } from './adapter.js';
import { ScanKeeper } from './scan-keeper.js';
import { Slots } from './slots.js';

export interface HubOptions {
  /** Links open at the same time; adapters usually manage 3 to 5. Default 3. */
  maximumLinks?: number;
  /** How long to wait for a device's advertisement; a BM6 may pause for 38 s. Default 45 s. */
  sightingMs?: number;
  /** How long one connection attempt may take. Default 30 s. */
  connectMs?: number;
  /** How long to wait for one of the links to become free. Default 60 s. */
  freeLinkMs?: number;
  /** A scan that reports nothing for so long is started anew; some adapters stop in silence. Default 60 s. */
  scanRestartMs?: number;
}

/**
 * One adapter shared by all who use it: scans while anyone wants a scan, makes one connection attempt at a time and
 * holds no more links than allowed.
 */
export class BluetoothHub extends EventEmitter<AdapterEvents> {
  readonly #adapter: BluetoothAdapter;
  readonly #options: Required<HubOptions>;
  readonly #links: Slots;
  readonly #attempts = new Slots(1);
  readonly #seen = new PassingMap<string, Advertisement>();
  #problem: GridwireError | undefined;
  readonly #scan: ScanKeeper;

  constructor(adapter: BluetoothAdapter, options: HubOptions = {}) {
    super();
    this.setMaxListeners(0);
    this.#adapter = adapter;
    this.#options = {
      maximumLinks: 3,
      sightingMs: 45_000,
      connectMs: 30_000,
      freeLinkMs: 60_000,
      scanRestartMs: 60_000,
      ...options,
    };
    this.#links = new Slots(this.#options.maximumLinks);
    this.#scan = new ScanKeeper(adapter, this.#options.scanRestartMs);
    adapter.on('state', (state, problem) => this.#onState(state, problem));
    adapter.on('advertisement', (advertisement) => this.#onAdvertisement(advertisement));
  }

  get state(): AdapterState {
    return this.#adapter.state;
  }

  /** Why the adapter is unavailable. */
  get problem(): GridwireError | undefined {
    return this.#problem;
  }

  open(): Promise<void> {
    return this.#adapter.open();
  }

  async close(): Promise<void> {
    await this.#scan.close();
    await this.#adapter.close();
    this.removeAllListeners();
  }

  /** The latest advertisement of a device, if it was seen at all. */
  lastSeen(address: string): Advertisement | undefined {
    return this.#seen.get(address);
  }

  /** Scans until the returned function is called; calling it again does nothing. */
  scan(): () => void {
    return this.#scan.want();
  }

  /** Resolves when the adapter is ready; rejects with the signal's reason. */
  async ready(signal: AbortSignal): Promise<void> {
    while (this.state !== 'ready') await once(this, 'state', { signal });
  }

  /**
   * Waits until the device advertises, then connects. The slot among the links is free again when the link closes.
   * @throws GridwireError `MONITOR_UNREACHABLE`, `BLUETOOTH_UNAVAILABLE`, or whatever the adapter found
   */
  async connect(address: string, signal: AbortSignal): Promise<Link> {
    if (this.state !== 'ready') throw this.#notReady();
    await this.#sighting(address, signal);
    const giveBack = await this.#freeLink(address, signal);
    try {
      const link = await this.#attempt(address, signal);
      link.once('closed', giveBack);
      if (!link.isOpen) giveBack();
      return link;
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  async #freeLink(address: string, signal: AbortSignal): Promise<() => void> {
    const { freeLinkMs, maximumLinks } = this.#options;
    try {
      return await this.#links.acquire(AbortSignal.any([signal, AbortSignal.timeout(freeLinkMs)]));
    } catch (cause) {
      signal.throwIfAborted();
      throw new GridwireError(
        'MONITOR_UNREACHABLE',
        `All ${maximumLinks} links of the adapter are in use. Read by short links instead of held ones, or allow more links if the adapter can hold them.`,
        { cause, details: { address } },
      );
    }
  }

  async #attempt(address: string, signal: AbortSignal): Promise<Link> {
    const attemptDone = await this.#attempts.acquire(signal);
    await this.#scan.hold();
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(this.#options.connectMs)]);
      return await this.#adapter.connect(address, limited);
    } catch (error) {
      signal.throwIfAborted();
      throw toGridwireError(error, 'MONITOR_UNREACHABLE');
    } finally {
      this.#scan.resume();
      attemptDone();
    }
  }

  /** Connecting on the advertisement is what works: the devices are quiet for long stretches in between. */
  async #sighting(address: string, signal: AbortSignal): Promise<void> {
    const { sightingMs } = this.#options;
    const seen = new AbortController();
    const onAdvertisement = (advertisement: Advertisement): void => {
      if (advertisement.address === address) seen.abort();
    };
    const onState = (): void => seen.abort();
    this.on('advertisement', onAdvertisement);
    this.on('state', onState);
    const stopScan = this.scan();
    try {
      await pause(sightingMs, undefined, { signal: AbortSignal.any([signal, seen.signal]) }).catch(
        () => undefined,
      );
    } finally {
      stopScan();
      this.off('advertisement', onAdvertisement);
      this.off('state', onState);
    }
    signal.throwIfAborted();
    if (this.state !== 'ready') throw this.#notReady();
    if (!seen.signal.aborted) throw notSeen(address, sightingMs);
  }

  #onState(state: AdapterState, problem: GridwireError | undefined): void {
    this.#problem = problem;
    this.#scan.restart();
    this.emit('state', state, problem);
  }

  #onAdvertisement(advertisement: Advertisement): void {
    // Those who have been silent longest go first.
    this.#seen.renew(advertisement.address, advertisement);
    this.#seen.keepTo(MOST_SEEN);
    this.#scan.heard();
    this.emit('advertisement', advertisement);
  }

  #notReady(): GridwireError {
    return (
      this.#problem ??
      new GridwireError(
        'BLUETOOTH_UNAVAILABLE',
        'The Bluetooth adapter has not started yet; this goes away by itself.',
      )
    );
  }
}

function notSeen(address: string, milliseconds: number): GridwireError {
  return new GridwireError(
    'MONITOR_UNREACHABLE',
    `${address} has not been seen for ${Math.round(milliseconds / 1000)} s. It is out of range or without power, or another device (the maker's app on a phone) holds its only link.`,
    { details: { address } },
  );
}

/** Bluetooth addresses can be random and endless in a busy street. */
const MOST_SEEN = 1000;
