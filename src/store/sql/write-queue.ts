import { performance } from 'node:perf_hooks';
import { type ErrorCode, GridwireError, toGridwireError } from '../../errors.js';
import { type Clock, systemClock } from '../../clock.js';
import { facts } from '../../observe/facts/facts.js';
import { Silence } from '../../silence.js';
import { isBulk, type Operation, type OperationResult, type SqlValue } from './database.js';

/** What became of one unit of a commit: its results, or why it alone was refused. */
export type UnitOutcome = { results: OperationResult[] } | { error: GridwireError };

/** Commits units in order. Rejects when none of them was committed. */
export type Commit = (units: readonly (readonly Operation[])[]) => Promise<UnitOutcome[]>;

interface Waiting {
  unit: readonly Operation[];
  bytes: number;
  rows: number;
  resolve: (results: OperationResult[]) => void;
  reject: (error: Error) => void;
}

export interface WriteQueueLimits {
  /** Most bytes that may wait, before writes are refused with `STORE_FULL`. */
  pendingBytes: number;
  /** Most rows of one commit, so that no commit lasts long. */
  rowsPerCommit: number;
}

const KEPT_TIMES = 100;
const SETTLED_PER_TURN = 50;
/** A large commit may take longer, by this many bytes in a millisecond: a slow disk's, or a database's far away. */
const SLOWEST = 1_000;

/**
 * Group commit: one commit is under way at a time, and all that arrives meanwhile shares the next one. A lone write is
 * committed at once; under load the groups grow by themselves.
 */
export class WriteQueue {
  private waiting: Waiting[] = [];
  private bytes = 0;
  private units = 0;
  private running: Promise<void> | undefined;
  private readonly times: number[] = [];
  private readonly silence: Silence;
  /** Of the commit that is under way. */
  private committing = 0;

  constructor(
    private readonly commit: Commit,
    private readonly limits: WriteQueueLimits,
    private readonly kind: string,
    clock: Clock = systemClock,
  ) {
    this.silence = new Silence(clock);
  }

  /** @throws GridwireError `STORE_FULL` at once when too much waits already */
  async push(unit: readonly Operation[]): Promise<OperationResult[]> {
    if (unit.length === 0) return [];
    const { bytes, rows } = measure(unit);
    if (this.bytes > 0 && this.bytes + bytes > this.limits.pendingBytes) {
      throw new GridwireError(
        'STORE_FULL',
        `${this.bytes} bytes wait to be written to the store already. Slow the flow down, or look at why the store is slow.`,
        { details: { pendingBytes: this.bytes, limit: this.limits.pendingBytes } },
      );
    }
    this.bytes += bytes;
    this.units += 1;
    return new Promise((resolve, reject) => {
      this.waiting.push({ unit, bytes, rows, resolve, reject });
      this.running ??= this.run();
    });
  }

  get pending(): { units: number; bytes: number } {
    return { units: this.units, bytes: this.bytes };
  }

  /** For how long the commit under way has had no answer, longer than one of its size may take; milliseconds. */
  get silentFor(): number | undefined {
    const { lasts } = this.silence;
    const allowed = this.committing / SLOWEST;
    return lasts !== undefined && lasts > allowed ? lasts - allowed : undefined;
  }

  /** Median and longest of the last commits, milliseconds. */
  get commitTimes(): { median: number; longest: number } | undefined {
    if (this.times.length === 0) return undefined;
    const sorted = [...this.times].sort((a, b) => a - b);
    return { median: sorted[sorted.length >> 1] ?? 0, longest: sorted.at(-1) ?? 0 };
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    while (this.running) await this.running;
  }

  private async run(): Promise<void> {
    // Lets everything that is written in this turn of the event loop into the first commit.
    await turn();
    let settled: Promise<void> = Promise.resolve();
    while (this.waiting.length > 0) {
      const settle = await this.commitNext();
      await settled;
      // Whoever waited for this commit goes on while the database works on the next one, if there is one.
      settled = settle();
      if (this.waiting.length === 0) await settled;
    }
    this.running = undefined;
  }

  /** @returns tells every unit of the commit what became of it */
  private async commitNext(): Promise<() => Promise<void>> {
    const group = this.takeNext();
    const rows = group.reduce((sum, entry) => sum + entry.rows, 0);
    const start = performance.now();
    this.committing = group.reduce((bytes, entry) => bytes + entry.bytes, 0);
    this.silence.begin();
    try {
      const outcomes = await this.commit(group.map((entry) => entry.unit));
      this.remember(performance.now() - start);
      this.tell(rows, performance.now() - start);
      return () => settleAll(group, outcomes);
    } catch (error) {
      this.tell(rows, performance.now() - start, toGridwireError(error).code);
      return () =>
        settleAll(
          group,
          group.map(() => ({ error: error as GridwireError })),
        );
    } finally {
      this.silence.end();
      this.bytes -= this.committing;
      this.units -= group.length;
    }
  }

  /** The units of the next commit. */
  private takeNext(): Waiting[] {
    let rows = 0;
    let count = 0;
    for (const entry of this.waiting) {
      if (count > 0 && rows + entry.rows > this.limits.rowsPerCommit) break;
      rows += entry.rows;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private tell(rows: number, milliseconds: number, code?: ErrorCode): void {
    if (!facts.written.isHeard) return;
    const told = { kind: this.kind, rows, seconds: milliseconds / 1_000 };
    facts.written.tell(code === undefined ? told : { ...told, code });
  }

  private remember(milliseconds: number): void {
    this.times.push(milliseconds);
    if (this.times.length > KEPT_TIMES) this.times.shift();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A few in each turn of the event loop: what they go on to do must not keep the database's answers waiting. */
async function settleAll(group: readonly Waiting[], outcomes: readonly UnitOutcome[]): Promise<void> {
  for (const [index, entry] of group.entries()) {
    if (index > 0 && index % SETTLED_PER_TURN === 0) await turn();
    settle(entry, outcomes[index]);
  }
}

function settle(entry: Waiting, outcome: UnitOutcome | undefined): void {
  if (outcome && 'results' in outcome) entry.resolve(outcome.results);
  else entry.reject(outcome?.error ?? new GridwireError('INTERNAL', 'The store gave no answer to a write.'));
}

function measure(unit: readonly Operation[]): { bytes: number; rows: number } {
  let bytes = 0;
  let rows = 0;
  for (const operation of unit) {
    const lists = isBulk(operation) ? operation.rows : [operation.parameters];
    rows += lists.length;
    for (const values of lists) for (const value of values) bytes += sizeOf(value);
  }
  return { bytes, rows };
}

function sizeOf(value: SqlValue): number {
  if (value === null) return 1;
  return typeof value === 'number' ? 8 : value.length + 16;
}
