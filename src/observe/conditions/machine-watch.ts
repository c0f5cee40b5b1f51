import type { Clock } from '../../clock.js';
import type { Machine } from './conditions.js';
import { DiskWatch, type WatchedFolder } from './disk-watch.js';

/** So much may the machine's clock move against one that does not jump before that is told, milliseconds. */
const JUMP = 5_000;
/** How long a jump is told, milliseconds. */
const TOLD_FOR = 60_000;
/** This was written after that moment, so that no clock can say an earlier time and be right. */
const EARLIEST = Date.UTC(2026, 10, 1);

/** Watches what the process stands on: its disks and its clock. */
export class MachineWatch {
  private readonly disks: DiskWatch;
  private offset: number | undefined;
  private jumped: { at: number; by: number } | undefined;

  /** @param folder on a disk that is watched, beside those of stores */
  constructor(
    private readonly clock: Clock,
    folder: string,
  ) {
    this.disks = new DiskWatch(clock, folder);
  }

  /** Never rejects. */
  async look(stores: readonly WatchedFolder[]): Promise<Machine> {
    const disks = await this.disks.look(stores);
    const clock = this.clockFault(this.clock.now());
    return {
      ...{ wall: this.clock.wall(), disks },
      ...(clock === undefined ? {} : { clock }),
    };
  }

  private clockFault(now: number): string | undefined {
    const wall = this.clock.wall();
    if (wall < EARLIEST)
      return `The machine's clock says ${new Date(wall).toISOString()}, which cannot be. Set it, or let it be set (NTP).`;
    const offset = wall - now;
    const by = offset - (this.offset ?? offset);
    this.offset = offset;
    if (Math.abs(by) > JUMP) this.jumped = { at: now, by };
    if (this.jumped === undefined || now - this.jumped.at > TOLD_FOR) return undefined;
    const { by: jump } = this.jumped;
    // A machine that sleeps has a clock that does not jump which sleeps, too.
    const slept = jump > 0 ? ', or the machine stood still for so long' : '';
    return `The machine's clock was set by ${Math.round(jump / 1_000)} s${slept}. Times of events before and after do not compare; look at what sets it.`;
  }
}
