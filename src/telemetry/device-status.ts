/** What is known of a device's state: the newest by the time of the event, not by the time of arrival. */
export interface DeviceState {
  status: string;
  /** Event time, milliseconds since the epoch. */
  time: number;
}

export type StatusVerdict =
  | { kind: 'changed'; previous: string | null }
  | { kind: 'unchanged' }
  /** Older than what is known; it never flips the state back. */
  | { kind: 'late'; current: DeviceState };

/** Follows the status of every device. Two statuses of the same millisecond count in order of arrival. */
export class DeviceStatusTracker {
  private readonly states = new Map<string, DeviceState & { topic?: string }>();

  get(serialNumber: string): DeviceState | undefined {
    return this.states.get(serialNumber);
  }

  /** @param topic where it was told, by which `forget` finds it */
  update(serialNumber: string, status: string, time: number, topic = ''): StatusVerdict {
    const current = this.states.get(serialNumber);
    if (current !== undefined && time < current.time) return { kind: 'late', current };
    this.states.set(serialNumber, { status, time, topic });
    if (current?.status === status) return { kind: 'unchanged' };
    return { kind: 'changed', previous: current?.status ?? null };
  }

  /** Drops what was told on these topics: it may never have been dealt with, and comes again if so. */
  forget(isTold: (topic: string) => boolean): void {
    for (const [serialNumber, { topic }] of this.states)
      if (topic !== undefined && isTold(topic)) this.states.delete(serialNumber);
  }

  /** Takes over what another process, or an earlier one, has dealt with: where it is newer. */
  restore(serialNumber: string, state: DeviceState): void {
    const current = this.states.get(serialNumber);
    if (current === undefined || state.time > current.time) this.states.set(serialNumber, { ...state });
  }
}
