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
  private readonly states = new Map<string, DeviceState>();

  get(serialNumber: string): DeviceState | undefined {
    return this.states.get(serialNumber);
  }

  update(serialNumber: string, status: string, time: number): StatusVerdict {
    const current = this.states.get(serialNumber);
    if (current !== undefined && time < current.time) return { kind: 'late', current };
    this.states.set(serialNumber, { status, time });
    if (current?.status === status) return { kind: 'unchanged' };
    return { kind: 'changed', previous: current?.status ?? null };
  }
}
