import { statfs } from 'node:fs/promises';
import type { Clock } from '../../clock.js';
import type { Machine } from './conditions.js';

/** How often the disk is asked at most, milliseconds. */
const DISK_EVERY = 5_000;
/** So much may the machine's clock move against one that does not jump before that is told, milliseconds. */
const JUMP = 5_000;
/** How long a jump is told, milliseconds. */
const TOLD_FOR = 60_000;
/** This was written after that moment, so that no clock can say an earlier time and be right. */
const EARLIEST = Date.UTC(2026, 10, 1);

/** Watches what the process stands on: its disk and its clock. */
export class MachineWatch {
  private disk: { at: number; used: number | undefined } = { at: -Infinity, used: undefined };
  private offset: number | undefined;
  private jumped: { at: number; by: number } | undefined;

  /** @param folder on the disk that is watched */
  constructor(
    private readonly clock: Pick<Clock, 'now' | 'wall'>,
    private readonly folder: string,
  ) {}

  /** Never rejects. */
  async look(): Promise<Machine> {
    const now = this.clock.now();
    if (now - this.disk.at >= DISK_EVERY) this.disk = { at: now, used: await usedShare(this.folder) };
    const { used } = this.disk;
    const clock = this.clockFault(now);
    return {
      wall: this.clock.wall(),
      ...(used === undefined ? {} : { disk: used }),
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
    return `The machine's clock was set by ${Math.round(this.jumped.by / 1_000)} s. Times of events before and after do not compare.`;
  }
}

async function usedShare(folder: string): Promise<number | undefined> {
  try {
    const { blocks, bavail } = await statfs(folder);
    return blocks === 0 ? undefined : 1 - bavail / blocks;
  } catch {
    // A file system that cannot be asked is none that is full.
    return undefined;
  }
}
