import { GridwireError } from '../errors.js';
import type { Device, UnknownDevicePolicy } from './device.js';
import { MAX_DEVICES } from './device-table.js';

/** A device that sent something and is not in the table. */
export interface Newcomer {
  serialNumber: string;
  /** The site it named in its topic. */
  site: number | undefined;
  firstSeen: number;
  lastSeen: number;
  messages: number;
  state: 'onboarded' | 'held';
}

export interface DeviceRegistryOptions {
  policy: UnknownDevicePolicy;
  /** Type given to devices that are onboarded automatically. */
  onboardType: string;
  /** Most messages held for one device, and for all of them together. */
  heldPerDevice: number;
  heldInTotal: number;
}

export const DEFAULT_REGISTRY_OPTIONS: DeviceRegistryOptions = {
  policy: 'onboard',
  onboardType: 'UNKNOWN',
  heldPerDevice: 100,
  heldInTotal: 10_000,
};

/** How a held message goes on: its device was approved, or it was not. */
export type Resume = (approved: boolean) => void;

/** Who is who. Devices in the table are known; the policy decides about the rest. */
export class DeviceRegistry {
  private readonly known = new Map<string, Device>();
  private readonly newcomers = new Map<string, Newcomer>();
  private readonly held = new Map<string, Resume[]>();
  private heldCount = 0;

  constructor(
    devices: readonly Device[],
    private readonly options: DeviceRegistryOptions = DEFAULT_REGISTRY_OPTIONS,
  ) {
    for (const device of devices) this.known.set(device.serialNumber, device);
  }

  get size(): number {
    return this.known.size;
  }

  /**
   * The device, onboarded if the policy says so; undefined if its messages are to be held.
   * @throws GridwireError `DEVICE_UNKNOWN` where the policy is to reject, `REGISTRY_FULL` when a flood of invented
   *   serial numbers has filled the list of newcomers
   */
  find(serialNumber: string, site: number | undefined, now: number): Device | undefined {
    const device = this.known.get(serialNumber);
    if (device !== undefined) return device;
    if (this.options.policy === 'reject') {
      throw new GridwireError(
        'DEVICE_UNKNOWN',
        `The device ${serialNumber} is not in the registry, and the registry rejects unknown devices. Add it to the table, or change the policy.`,
        { details: { serialNumber } },
      );
    }
    this.note(serialNumber, site, now);
    if (this.options.policy === 'hold') return undefined;
    return { serialNumber, id: stableId(serialNumber), type: this.options.onboardType };
  }

  /**
   * Keeps a message, in the form of what shall happen with it, until somebody decides about its device.
   * @throws GridwireError `DEVICE_PENDING` when no more can be held, so that the message becomes a dead letter
   */
  hold(serialNumber: string, resume: Resume): void {
    const waiting = this.held.get(serialNumber) ?? [];
    if (waiting.length >= this.options.heldPerDevice || this.heldCount >= this.options.heldInTotal) {
      throw new GridwireError(
        'DEVICE_PENDING',
        `The device ${serialNumber} waits for approval, and ${waiting.length} of its messages are held already. Approve or reject it in the registry's panel.`,
        { details: { serialNumber, held: waiting.length } },
      );
    }
    waiting.push(resume);
    this.heldCount += 1;
    this.held.set(serialNumber, waiting);
  }

  /**
   * Makes a device known and lets what was held for it go on, in order of arrival.
   * @returns how many messages that were
   */
  approve(device: Device): number {
    this.known.set(device.serialNumber, device);
    return this.decide(device.serialNumber, true);
  }

  /** Takes a newcomer off the list; what was held for it becomes dead letters. */
  dismiss(serialNumber: string): number {
    return this.decide(serialNumber, false);
  }

  /** How many messages are held, for whichever device. */
  get heldMessages(): number {
    return this.heldCount;
  }

  listNewcomers(): Newcomer[] {
    return [...this.newcomers.values()];
  }

  private note(serialNumber: string, site: number | undefined, now: number): void {
    const newcomer = this.newcomers.get(serialNumber);
    if (newcomer !== undefined) {
      newcomer.lastSeen = now;
      newcomer.messages += 1;
      return;
    }
    if (this.newcomers.size + this.known.size >= MAX_DEVICES) {
      throw new GridwireError(
        'REGISTRY_FULL',
        `${MAX_DEVICES} devices are listed already; ${serialNumber} is not taken in. Check who publishes under these topics.`,
      );
    }
    this.newcomers.set(serialNumber, {
      serialNumber,
      site,
      firstSeen: now,
      lastSeen: now,
      messages: 1,
      state: this.options.policy === 'hold' ? 'held' : 'onboarded',
    });
  }

  private decide(serialNumber: string, approved: boolean): number {
    this.newcomers.delete(serialNumber);
    const waiting = this.held.get(serialNumber) ?? [];
    this.held.delete(serialNumber);
    this.heldCount -= waiting.length;
    for (const resume of waiting) resume(approved);
    return waiting.length;
  }
}

/**
 * A number for a device that has none yet: the same after every restart and in every process (FNV-1a, 31 bits), and
 * negative, so that it never meets one that a person gave.
 */
export function stableId(serialNumber: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(serialNumber)) hash = Math.imul(hash ^ byte, 0x01000193);
  return -((hash >>> 1) + 1);
}
