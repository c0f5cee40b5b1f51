import type {
  DeduplicationStore,
  NewParkedMessage,
  ParkedStore,
  Settlement,
} from '../../../src/store/queue-stores.js';
import type { DeadLetterStore } from '../../../src/store/dead-letter-store.js';
import type { QueueTenure } from '../../../src/store/event-store.js';
import type { Clock } from '../../../src/clock.js';
import type { Calls } from './calls.js';
import type { Database, ParkedRow } from './database.js';
import { firstOf, type OutboxRows, SimOutboxRows } from './outbox-rows.js';
import type { Sleeper, Timeline } from './timeline.js';

/** By less than this a clock is not said to have been set, milliseconds. */
const TOLERANCE = 1_000;

type Small<Store, Left extends keyof Store = never> = Omit<Store, Left>;

/** What one process sees of the store: every call takes its time, and may fail. */
export class SimStore {
  readonly outbox: OutboxRows;
  readonly parked: Small<ParkedStore, 'remove' | 'usage' | 'queues' | 'park'>;
  readonly deadLetters: Pick<DeadLetterStore, 'list'>;
  readonly deduplication: Small<DeduplicationStore>;

  constructor(
    private readonly database: Database,
    private readonly calls: Calls,
    private readonly process: Sleeper,
    private readonly clock: Clock,
    private readonly timeline: Timeline,
    /** For how long its queues are this process's alone. */
    readonly tenure: QueueTenure = { validUntil: Infinity, generation: 0 },
  ) {
    this.outbox = new SimOutboxRows(database, calls, process, clock, () => timeline.time);
    this.parked = this.parkedPart();
    this.deadLetters = this.lettersPart();
    this.deduplication = this.deduplicationPart();
  }

  ownQueue(queue: string): Promise<string> {
    return Promise.resolve(queue);
  }

  settle({ queue, mark, park, release, deadLetter }: Settlement): Promise<number | undefined> {
    const since = this.timeline.time;
    return this.write('settle', () => {
      const { database } = this;
      if (release !== undefined) database.release(queue, release);
      if (park !== undefined) this.park(queue, park, since);
      if (deadLetter !== undefined) database.addLetter(deadLetter);
      if (mark !== undefined) database.mark(mark.scope, mark.key, mark.at);
      return undefined;
    });
  }

  private parkedPart(): Small<ParkedStore, 'remove' | 'usage' | 'queues' | 'park'> {
    const { database } = this;
    const waits = (queue: string): ParkedRow[] =>
      database.parkedOf(queue).filter(({ kind }) => kind !== 'held');
    const heldIn = (queue: string): { by: string; count: number }[] => {
      const held = database.parkedOf(queue).filter(({ kind }) => kind === 'held');
      const groups = new Map<string, number>();
      for (const { by = '' } of held) groups.set(by, (groups.get(by) ?? 0) + 1);
      return [...groups].map(([by, count]) => ({ by, count }));
    };
    return {
      takeUp: (queue, now) => {
        // As the tables do it: by both clocks as it is asked.
        const { time } = this.timeline;
        return this.write('parked.takeUp', () => {
          for (const row of database.parkedOf(queue)) this.toPresentClock(row, now, time);
          for (const row of database.parkedOf(queue)) {
            const { kind = 'parked' } = row;
            if (kind === 'kept' || (kind === 'parked' && row.writtenAt > now))
              database.change(row, { kind: 'parked', nextAttemptAt: Math.floor(now) });
          }
          return heldIn(queue);
        });
      },
      held: (queue) => this.read('parked.held', () => heldIn(queue)),
      due: (queue, now, limit, except = []) =>
        this.read('parked.due', () =>
          database
            .parkedOf(queue)
            .filter((row) => row.nextAttemptAt <= now && !except.includes(row.key))
            .sort((a, b) => a.nextAttemptAt - b.nextAttemptAt || (a.key < b.key ? -1 : 1))
            .slice(0, limit)
            .map((row) => ({ ...row })),
        ),
      nextDueAt: (queue, after = -1) =>
        this.read('parked.next', () => {
          const times = waits(queue).map((row) => row.nextAttemptAt);
          const later = times.filter((time) => time > after);
          return later.length === 0 ? undefined : Math.min(...later);
        }),
      names: (queue, limit) =>
        this.read('parked.names', () =>
          database
            .parkedOf(queue)
            .flatMap(({ key, origin }) => (origin === undefined ? [] : [{ key, name: origin }]))
            .slice(0, limit),
        ),
      waiting: (queue) =>
        this.read(
          'parked.waiting',
          () => database.parkedOf(queue).filter(({ kind = 'parked' }) => kind === 'parked').length,
        ),
      decide: (queue, by, now, refusal) => {
        const since = this.timeline.time;
        const carryOut = (some: readonly ParkedRow[]): number => {
          const held = some.filter((row) => row.kind === 'held' && row.by === by);
          const why = refusal && { refusal: refusal.code, reason: refusal.reason };
          const nextAttemptAt = Math.floor(now);
          for (const row of held)
            database.change(row, {
              ...why,
              kind: 'parked',
              nextAttemptAt,
              writtenAt: nextAttemptAt,
              since,
              attempts: 0,
            });
          return held.length;
        };
        return this.write(
          'parked.decide',
          () => carryOut(database.parkedOf(queue)),
          () => carryOut(firstOf(database.parkedOf(queue))),
        );
      },
    };
  }

  /** The machine runs on: how long a row has waited is known, whatever the clock was set to. */
  private toPresentClock(row: ParkedRow, now: number, time: number): void {
    const shift = Math.round(now - (time - row.since) - row.writtenAt);
    if (Math.abs(shift) <= TOLERANCE) return;
    const { kind, nextAttemptAt, parkedAt, writtenAt, expiresAt } = row;
    this.database.change(row, {
      ...{ parkedAt: parkedAt + shift, writtenAt: writtenAt + shift },
      nextAttemptAt: kind === 'held' ? nextAttemptAt : nextAttemptAt + shift,
      ...(expiresAt === undefined ? {} : { expiresAt: expiresAt + shift }),
    });
  }

  private lettersPart(): Pick<DeadLetterStore, 'list'> {
    return {
      list: ({ from = 0, to = Infinity, codes }, after, limit) =>
        this.read('letters.list', () =>
          this.database.letters
            .filter(({ id, failedAt }) => id > after && failedAt >= from && failedAt < to)
            .filter(({ code }) => codes?.includes(code) !== false)
            .slice(0, limit)
            .map((letter) => ({ ...letter, state: 'waiting' as const, attempts: 0, lineage: letter.id })),
        ),
    };
  }

  private deduplicationPart(): DeduplicationStore {
    return {
      seen: (scope, keys, since = 0) =>
        this.read('seen', () => new Set(keys.filter((key) => this.database.isMarked(scope, key, since)))),
      mark: (scope, keys, at) =>
        this.write('mark', () => keys.forEach((key) => this.database.mark(scope, key, at))),
      trim: () => this.write('trim', () => 0),
    };
  }

  /** @param since when the row was made; it may have been written later */
  private park(queue: string, { at = this.clock.wall(), ...parked }: NewParkedMessage, since: number): void {
    const writtenAt = Math.floor(at);
    const nextAttemptAt = Math.floor(parked.nextAttemptAt);
    this.database.park({ ...parked, nextAttemptAt, queue, parkedAt: writtenAt, writtenAt, since });
  }

  private read<Result>(name: string, effect: () => Result): Promise<Result> {
    return this.calls.make(this.process, name, false, () => effect());
  }

  private write<Result>(name: string, effect: () => Result, part?: () => unknown): Promise<Result> {
    return this.calls.commit(this.process, name, this.database, effect, part);
  }
}
