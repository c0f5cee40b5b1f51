import { stat, statfs } from 'node:fs/promises';
import { type Clock, pause } from '../../clock.js';
import { own } from '../../own.js';

/** How full one disk is. */
export interface Disk {
  /** Whose it is: the store that lies on it; undefined for the user folder's. */
  name?: string;
  /** Share that is used, 0 to 1. */
  used: number;
}

/** A folder whose disk is watched, by the name of the store that lies there. */
export interface WatchedFolder {
  folder: string;
  name: string;
}

/** What a file system says: which disk it is, and how full. */
interface Answer {
  device: number;
  used: number;
}

/** How often disks are asked at most, milliseconds. */
const EVERY = 5_000;
/** So long an answer is waited for, milliseconds: a network's file system may never give one. */
const PATIENCE = 1_000;

/** Watches the disk of the user folder, and those of stores that lie on others. */
export class DiskWatch {
  private askedAt = -Infinity;
  private known: readonly Disk[] = [];
  private asking: Promise<void> | undefined;

  /** @param answerOf must not reject */
  constructor(
    private readonly clock: Clock,
    private readonly folder: string,
    private readonly answerOf: (folder: string) => Promise<Answer | undefined> = asked,
  ) {}

  /** As it was when they last answered; one that cannot be asked is left out. Never rejects. */
  async look(stores: readonly WatchedFolder[]): Promise<readonly Disk[]> {
    const now = this.clock.now();
    if (this.asking === undefined && now - this.askedAt >= EVERY) {
      this.askedAt = now;
      this.asking = this.ask(stores).finally(() => (this.asking = undefined));
      own(this.asking, () => undefined); // It does not reject.
    }
    if (this.asking !== undefined) await Promise.race([this.asking, pause(this.clock, PATIENCE)]);
    return this.known;
  }

  private async ask(stores: readonly WatchedFolder[]): Promise<void> {
    const folders: { folder: string; name?: string }[] = [{ folder: this.folder }, ...stores];
    const answers = await Promise.all(
      folders.map(async ({ folder, name }) => ({ name, answer: await this.answerOf(folder) })),
    );
    const seen = new Set<number>();
    this.known = answers.flatMap(({ name, answer }) => {
      if (answer === undefined || seen.has(answer.device)) return [];
      seen.add(answer.device);
      return [{ ...(name === undefined ? {} : { name }), used: answer.used }];
    });
  }
}

async function asked(folder: string): Promise<Answer | undefined> {
  try {
    const [{ dev: device }, { blocks, bavail }] = await Promise.all([stat(folder), statfs(folder)]);
    return blocks === 0 ? undefined : { device, used: 1 - bavail / blocks };
  } catch {
    // A file system that cannot be asked is none that is full.
    return undefined;
  }
}
