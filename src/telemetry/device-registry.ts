import { type Clock, fromWall, systemClock, toWall } from '../clock.js';
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

/** Somebody who keeps messages of newcomers until their device is decided about. The registry only counts them. */
export interface MessageHolder {
  /**
   * One more message is kept.
   * @throws GridwireError `DEVICE_PENDING` when no more can be held, so that the message becomes a dead letter
   */
  hold: (serialNumber: string) => void;
  /** Messages are kept that came before this registry was made. Where nothing has to be decided any more they go on. */
  restore: (serialNumber: string, count: number, now: number) => void;
  /** Messages are kept no more, though nobody has decided about the device. */
  release: (serialNumber: string, count: number) => void;
  /** The holder goes; what it keeps, it brings back as `restore`. */
  leave: () => void;
}

/** What is kept for the device goes on, or is given up. */
export type OnDecision = (serialNumber: string, approved: boolean) => void;

interface Holder {
  counts: Map<string, number>;
  onDecision: OnDecision;
}

/** Who is who. Devices in the table are known; the policy decides about the rest. */
export class DeviceRegistry {
  private readonly known = new Map<string, Device>();
  private readonly newcomers = new Map<string, Newcomer>();
  private readonly holders = new Set<Holder>();
  /** When it was made, from when on a device that is not heard at all is silent. */
  private readonly since: number;
  /** When each known device was heard last, by the clock that does not jump: one that is set makes nobody silent. */
  private readonly heard = new Map<string, number>();

  constructor(
    devices: readonly Device[],
    private readonly options: DeviceRegistryOptions = DEFAULT_REGISTRY_OPTIONS,
    private readonly clock: Clock = systemClock,
  ) {
    this.since = clock.now();
    for (const device of devices) this.known.set(device.serialNumber, device);
  }

  get size(): number {
    return this.known.size;
  }

  /**
   * The device, onboarded if the policy says so; undefined if its messages are to be held.
   * @param receivedAt when its message came, as the machine's clock said then
   * @throws GridwireError `DEVICE_UNKNOWN` where the policy is to reject, `REGISTRY_FULL` when a flood of invented
   *   serial numbers has filled the list of newcomers
   */
  find(serialNumber: string, site: number | undefined, receivedAt: number): Device | undefined {
    const device = this.known.get(serialNumber);
    if (device !== undefined) {
      this.hear(serialNumber, receivedAt);
      return device;
    }
    if (this.options.policy === 'reject') {
      throw new GridwireError(
        'DEVICE_UNKNOWN',
        `The device ${serialNumber} is not in the registry, and the registry rejects unknown devices. Add it to the table, or change the policy.`,
        { details: { serialNumber } },
      );
    }
    this.note(serialNumber, site, receivedAt);
    if (this.options.policy === 'hold') return undefined;
    return { serialNumber, id: stableId(serialNumber), type: this.options.onboardType };
  }

  /** The known devices that have not been heard for so long, milliseconds, with when they were last. */
  silent(longer: number): { serialNumber: string; since: number }[] {
    const { clock } = this;
    const now = clock.now();
    const found: { serialNumber: string; since: number }[] = [];
    for (const serialNumber of this.known.keys()) {
      const since = this.heard.get(serialNumber) ?? this.since;
      if (now - since > longer) found.push({ serialNumber, since: toWall(clock, since) });
    }
    return found;
  }

  /** All known devices, with when each was heard last, as people read it, and for how long it has been quiet. */
  listKnown(): { device: Device; heard: number | undefined; quiet: number }[] {
    const { clock } = this;
    const now = clock.now();
    return [...this.known.values()].map((device) => {
      const heard = this.heard.get(device.serialNumber);
      return {
        device,
        heard: heard === undefined ? undefined : toWall(clock, heard),
        quiet: now - (heard ?? this.since),
      };
    });
  }

  /** @param onDecision told of every decision about a device */
  holder(onDecision: OnDecision): MessageHolder {
    const holder: Holder = { counts: new Map(), onDecision };
    this.holders.add(holder);
    const add = (serialNumber: string, count: number): void =>
      void holder.counts.set(serialNumber, (holder.counts.get(serialNumber) ?? 0) + count);
    return {
      hold: (serialNumber) => {
        const held = this.heldFor(serialNumber);
        const { heldPerDevice, heldInTotal } = this.options;
        if (held >= heldPerDevice || this.heldMessages >= heldInTotal) throw pending(serialNumber, held);
        add(serialNumber, 1);
      },
      restore: (serialNumber, count, now) => {
        // It came into the table meanwhile, or nothing is held any more: nobody would be asked about it.
        if (this.known.has(serialNumber) || this.options.policy !== 'hold') {
          onDecision(serialNumber, true);
          return;
        }
        // A registry that lived through the holder's deploy has counted them.
        if (!this.newcomers.has(serialNumber)) this.note(serialNumber, undefined, now, count);
        add(serialNumber, count);
      },
      release: (serialNumber, count) => {
        const left = (holder.counts.get(serialNumber) ?? 0) - count;
        if (left > 0) holder.counts.set(serialNumber, left);
        else holder.counts.delete(serialNumber);
      },
      leave: () => void this.holders.delete(holder),
    };
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

  /** Whether its messages need not be held any more. */
  knows(serialNumber: string): boolean {
    return this.known.has(serialNumber);
  }

  /** How many messages are held, for whichever device. */
  get heldMessages(): number {
    let total = 0;
    for (const { counts } of this.holders) for (const count of counts.values()) total += count;
    return total;
  }

  /** How many devices wait for a decision while messages of theirs are held. */
  get heldDevices(): number {
    const held = new Set<string>();
    for (const { counts } of this.holders)
      for (const [serialNumber, count] of counts) if (count > 0) held.add(serialNumber);
    return held.size;
  }

  listNewcomers(): Newcomer[] {
    return [...this.newcomers.values()];
  }

  /** What was kept, and comes late, makes nobody quieter than he is. */
  private hear(serialNumber: string, receivedAt: number): void {
    const at = Math.min(this.clock.now(), fromWall(this.clock, receivedAt));
    const before = this.heard.get(serialNumber);
    if (before === undefined || at > before) this.heard.set(serialNumber, at);
  }

  private note(serialNumber: string, site: number | undefined, now: number, messages = 1): void {
    const newcomer = this.newcomers.get(serialNumber);
    if (newcomer !== undefined) {
      newcomer.lastSeen = now;
      newcomer.messages += messages;
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
      messages,
      state: this.options.policy === 'hold' ? 'held' : 'onboarded',
    });
  }

  private heldFor(serialNumber: string): number {
    let held = 0;
    for (const { counts } of this.holders) held += counts.get(serialNumber) ?? 0;
    return held;
  }

  private decide(serialNumber: string, approved: boolean): number {
    this.newcomers.delete(serialNumber);
    const held = this.heldFor(serialNumber);
    for (const { counts, onDecision } of this.holders) {
      counts.delete(serialNumber);
      onDecision(serialNumber, approved);
    }
    return held;
  }
}

function pending(serialNumber: string, held: number): GridwireError {
  return new GridwireError(
    'DEVICE_PENDING',
    `The device ${serialNumber} waits for approval, and ${held} of its messages are held already. Approve or reject it in the registry's panel.`,
    { details: { serialNumber, held } },
  );
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
