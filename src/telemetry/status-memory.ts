import type { Clock } from '../clock.js';
import { insist } from '../delivery/insist.js';
import type { GridwireError } from '../errors.js';
import type { EventStore } from '../store/event-store.js';
import type { DeviceState, DeviceStatusTracker } from './device-status.js';

/** The state of one device. */
export interface DeviceStatus extends DeviceState {
  serialNumber: string;
}

/**
 * Keeps the status of devices in a store, so that whoever works on a device next knows it: after a restart, or after
 * the device has moved to another process. A status is saved when its event has been dealt with and before its message
 * is settled; saved earlier, it would make a repetition after a crash look like old news.
 */
export class StatusMemory {
  private readonly closing = new AbortController();

  constructor(
    private readonly store: () => Promise<EventStore>,
    private readonly scope: string,
    private readonly tracker: DeviceStatusTracker,
    private readonly onTrouble: (error: GridwireError) => void,
    private readonly clock: Clock,
  ) {}

  /**
   * Puts the tracker into the state that was left of these topics; waits for a store that is away until the signal comes.
   */
  async load(isTold: (topic: string) => boolean, giveUp: AbortSignal): Promise<void> {
    this.tracker.forget(isTold);
    const kept = await this.insist((store) => store.lastValues.list(this.scope), giveUp);
    for (const { key, value, time } of kept?.result ?? [])
      if (typeof value === 'string') this.tracker.restore(key, { status: value, time });
  }

  /** Waits for a store that is away until it is closed. */
  async save({ serialNumber, status, time }: DeviceStatus): Promise<void> {
    await this.insist(
      (store) => store.lastValues.put([{ scope: this.scope, key: serialNumber, value: status, time }]),
      this.closing.signal,
    );
  }

  /** Whoever waits need not wait any longer: nothing is settled any more. */
  close(): void {
    this.closing.abort();
  }

  private insist<Result>(
    action: (store: EventStore) => Promise<Result>,
    until: AbortSignal,
  ): Promise<{ result: Result } | undefined> {
    const { clock, onTrouble } = this;
    return insist(async () => action(await this.store()), { clock, until, onTrouble });
  }
}
