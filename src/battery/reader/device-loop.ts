import { setTimeout as pause } from 'node:timers/promises';
import { toGridwireError, type ErrorCode } from '../../errors.js';
import { FAMILIES, type Family } from '../frames/family.js';
import type { BluetoothHub } from './hub.js';
import { readingFromLink, statusOf, type BatteryReading, type BatteryStatus } from './reading.js';
import type { MonitorSession } from './session.js';
import { visit, type VisitedDevice } from './visit.js';

/** How a device is read. */
export interface DeviceSettings extends VisitedDevice {
  /**
   * Seconds between two readings. With a held link 0 passes every frame on (about one a second); without one, unset
   * means 30 minutes for BM6 and BM7 and 60 for BM2.
   */
  seconds?: number;
}

/** `hold`: the link stays open. `poll`: connect, read, disconnect, so that the maker's app gets its turn too. */
export type LinkUse = 'hold' | 'poll';

export interface DeviceEvents {
  reading(reading: BatteryReading): void;
  status(status: BatteryStatus): void;
  /** An attempt failed, also one for the same reason as the last. */
  failure(code: ErrorCode): void;
}

export interface Timing {
  /** How long each family gets to answer while the family is found out. */
  answerMs: number;
  /** How long a fresh or held link may be silent; the devices send every second. */
  silenceMs: number;
  /** Wait after the first failure; doubles with each further one. */
  backoffMs: number;
  /** The longest wait after failures. */
  longestBackoffMs: number;
  /** A device is not called stale sooner than after three times this. */
  leastIntervalMs: number;
}

export const DEFAULT_TIMING: Timing = {
  answerMs: 3000,
  silenceMs: 15_000,
  backoffMs: 2000,
  longestBackoffMs: 300_000,
  leastIntervalMs: 20_000,
};

/** Keeps one device read until it is stopped: connects, tries again after failures, tells every change of state. */
export class DeviceLoop {
  readonly #hub: BluetoothHub;
  readonly #device: DeviceSettings;
  readonly #use: LinkUse;
  readonly #events: DeviceEvents;
  readonly #timing: Timing;
  #family: Family | undefined;
  #connected: boolean | undefined;
  #failures = 0;
  #lastError: ErrorCode | undefined;

  constructor(
    hub: BluetoothHub,
    device: DeviceSettings,
    use: LinkUse,
    events: DeviceEvents,
    timing: Timing = DEFAULT_TIMING,
  ) {
    this.#hub = hub;
    this.#device = device;
    this.#use = use;
    this.#events = events;
    this.#timing = timing;
    this.#family = device.family;
  }

  /** Runs until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#visit(signal);
        this.#failures = 0;
        await pause(this.#pollMs, undefined, { signal });
      } catch (error) {
        await this.#afterFailure(error, signal);
      }
    }
  }

  /**
   * Connects, reads once or as long as the link lasts, and disconnects.
   * @throws GridwireError why it did not work
   */
  async #visit(signal: AbortSignal): Promise<void> {
    const options = { signal, hint: this.#family, answerMs: this.#timing.answerMs };
    await visit(this.#hub, this.#device, options, async (session) => {
      this.#family = session.family;
      if (this.#use === 'hold') await this.#follow(session, signal);
      else this.#report(session, await session.nextMeasurement(this.#timing.silenceMs));
    });
  }

  /** Reports from a held link no more often than asked; silence ends it, because a dead link may look alive. */
  async #follow(session: MonitorSession, signal: AbortSignal): Promise<void> {
    const betweenMs = (this.#device.seconds ?? 0) * 1000;
    let nextAt = 0;
    await session.requestVersion();
    while (!signal.aborted) {
      const measurement = await session.nextMeasurement(this.#timing.silenceMs);
      const now = performance.now();
      if (now < nextAt) continue;
      // A frame a little early counts: otherwise a 10 s interval would become 11 s at one frame a second.
      nextAt = now + betweenMs - FRAME_TOLERANCE_MS;
      this.#failures = 0;
      this.#report(session, measurement);
    }
  }

  #report(session: MonitorSession, measurement: Parameters<typeof readingFromLink>[2]): void {
    const signalStrength = this.#hub.lastSeen(this.#device.address)?.rssi;
    if (this.#connected !== true) {
      this.#connected = true;
      this.#events.status(
        statusOf(this.#device, {
          connected: true,
          family: session.family,
          version: session.version,
          lastCommand: session.lastCommand,
          signalStrength,
        }),
      );
    }
    this.#events.reading(readingFromLink(this.#device, session.family, measurement, signalStrength));
  }

  async #afterFailure(thrown: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const error = toGridwireError(thrown, 'MONITOR_UNREACHABLE');
    this.#failures += 1;
    this.#events.failure(error.code);
    // A change is told, not every attempt that fails for the same reason.
    if (this.#connected !== false || this.#lastError !== error.code) {
      this.#events.status(statusOf(this.#device, { connected: false, family: this.#family, error }));
    }
    this.#connected = false;
    this.#lastError = error.code;
    const { backoffMs, longestBackoffMs } = this.#timing;
    const waitMs = Math.min(longestBackoffMs, backoffMs * 2 ** Math.min(this.#failures - 1, 20));
    try {
      // Devices that failed together, say by a lost adapter, should not all come back at the same moment.
      await pause(waitMs * (0.9 + Math.random() * 0.2), undefined, { signal });
      await this.#hub.ready(signal);
    } catch {
      // Stopped while waiting.
    }
  }

  get #pollMs(): number {
    return (this.#device.seconds ?? FAMILIES[this.#family ?? 'BM6'].pollSeconds) * 1000;
  }
}

const FRAME_TOLERANCE_MS = 500;
