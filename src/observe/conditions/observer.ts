import { type Clock, systemClock, toWall } from '../../clock.js';
import { type Standing, standings } from '../facts/standings.js';
import type { Condition } from './condition.js';
import { type ConditionBounds, conditionsOf, DEFAULT_BOUNDS, type Machine } from './conditions.js';
import type { WatchedFolder } from './disk-watch.js';
import { MachineWatch } from './machine-watch.js';
import { type ConditionKey, undecided } from './undecided.js';
import { Watch } from './watch.js';

/** How everything is at one moment. */
export interface View {
  standings: Standing[];
  conditions: Condition[];
  /** Those of which nobody knows yet whether they are there. */
  undecided: ConditionKey[];
  machine: Machine;
  /** When work was done last, milliseconds since the epoch. */
  lastWork: number | undefined;
  /** By the clock that does not jump, and by the machine's; milliseconds since the epoch. */
  now: number;
  at: number;
}

/** Watches this process from when it is made, and says how it is. */
export class Observer {
  private readonly watch: Watch;
  private readonly machine: MachineWatch;

  /** @param folder on a disk that is watched, beside those of stores */
  constructor(
    folder: string,
    private readonly clock: Clock = systemClock,
  ) {
    this.watch = new Watch(clock);
    this.machine = new MachineWatch(clock, folder);
  }

  /** Never rejects. */
  async look(bounds: ConditionBounds = DEFAULT_BOUNDS): Promise<View> {
    const machine = await this.machine.look(foldersOf(standings()));
    const now = this.clock.now();
    const all = standings();
    const { lastWork } = this.watch;
    return {
      standings: all,
      undecided: undecided(all),
      conditions: conditionsOf(all, this.watch, machine, now, bounds),
      machine,
      lastWork: lastWork === undefined ? undefined : toWall(this.clock, lastWork),
      now,
      at: this.clock.wall(),
    };
  }

  close(): void {
    this.watch.close();
  }
}

function foldersOf(all: readonly Standing[]): WatchedFolder[] {
  return all.flatMap((standing) =>
    standing.of === 'store' && standing.folder !== undefined
      ? [{ folder: standing.folder, name: standing.name }]
      : [],
  );
}
