import { GridwireError } from '../../../src/errors.js';
import type { WireMessage } from '../../../src/event.js';
import type { NewDeadLetter } from '../../../src/store/dead-letter-store.js';
import type { NewParkedMessage } from '../../../src/store/queue-stores.js';

export interface OutboxRow {
  id: number;
  queue: string;
  message: WireMessage;
  enqueuedAt: number;
  /** The true time of it. */
  since: number;
  origin?: string | undefined;
}

/** The tables. */
const CONTENT = ['outbox', 'parked', 'marks', 'letters'] as const;

export interface ParkedRow extends NewParkedMessage {
  queue: string;
  parkedAt: number;
  writtenAt: number;
  /** The true time of that. */
  since: number;
}

/**
 * The rows of a store, which outlive every process. As in PostgreSQL, the stricter of the two databases, no name may
 * have a NUL, and some rows are refused for good; texts for people and times are made fit by the tables (held by
 * `test/unit/store`).
 */
export class Database {
  outbox: OutboxRow[] = [];
  parked = new Map<string, ParkedRow>();
  marks = new Map<string, number>();
  letters: (NewDeadLetter & { id: number })[] = [];
  /** Refuses whatever needs room. */
  full = false;
  private copy: Partial<Pick<Database, (typeof CONTENT)[number]>> = {};
  /** Told of each new row of the outbox. */
  onRow: (message: WireMessage) => void = () => undefined;
  onLetter: (message: WireMessage) => void = () => undefined;
  /** Grows with each change. */
  version = 0;
  private lastId = 0;

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  insertOutbox(row: Omit<OutboxRow, 'id'>): number {
    this.needRoom();
    names(row.queue, row.origin);
    takes(row.message);
    const id = this.nextId();
    this.outbox.push({ ...row, id });
    this.onRow(row.message);
    return id;
  }

  deleteOutbox(queue: string, ids: readonly number[]): OutboxRow[] {
    const gone = this.outbox.filter((row) => row.queue === queue && ids.includes(row.id));
    if (gone.length > 0) this.outbox = this.outbox.filter((row) => !gone.includes(row));
    return gone;
  }

  park(row: ParkedRow): void {
    this.needRoom();
    names(row.queue, row.key, row.origin);
    takes(row.message);
    const place = placeOf(row.queue, row.key);
    const before = this.parked.get(place);
    this.parked.set(place, before === undefined ? row : { ...before, ...row, parkedAt: before.parkedAt });
  }

  change(row: ParkedRow, changes: Partial<ParkedRow>): void {
    this.parked.set(placeOf(row.queue, row.key), { ...row, ...changes });
  }

  release(queue: string, key: string): boolean {
    return this.parked.delete(placeOf(queue, key));
  }

  parkedOf(queue: string): ParkedRow[] {
    return [...this.parked.values()].filter((row) => row.queue === queue);
  }

  mark(scope: string, key: string, at: number): void {
    this.needRoom();
    names(scope, key);
    this.marks.set(placeOf(scope, key), at);
  }

  isMarked(scope: string, key: string, since: number): boolean {
    return (this.marks.get(placeOf(scope, key)) ?? -Infinity) >= since;
  }

  addLetter(letter: NewDeadLetter): number {
    this.needRoom();
    takes(letter.message);
    this.onLetter(letter.message);
    const id = this.nextId();
    this.letters.push({ ...letter, id });
    return id;
  }

  /** All or nothing: what was changed before a refusal is undone. */
  transaction<Result>(work: () => Result): Result {
    const { outbox, parked, marks, letters } = this;
    this.version += 1;
    this.parked = new Map(parked);
    this.marks = new Map(marks);
    this.outbox = [...outbox];
    this.letters = [...letters];
    try {
      return work();
    } catch (thrown) {
      Object.assign(this, { outbox, parked, marks, letters });
      throw thrown;
    }
  }

  /** Somebody makes a copy of the file. */
  backUp(): void {
    this.copy = Object.fromEntries(CONTENT.map((name) => [name, structuredCopy(this[name])]));
  }

  /**
   * The file gets another content while it is in use: that of the copy, or none. No id is given out twice all the same,
   * held by `test/unit/store/sqlite/files-beneath.test.ts`.
   */
  exchange(isForCopy: boolean): void {
    this.version += 1;
    Object.assign(this, { outbox: [], parked: new Map(), marks: new Map(), letters: [] });
    if (isForCopy)
      for (const name of CONTENT)
        Object.assign(this, { [name]: structuredCopy(this.copy[name] ?? this[name]) });
  }

  private needRoom(): void {
    if (this.full) throw new GridwireError('STORE_FULL', 'The simulated store is full.');
  }
}

/** Rows are changed in their place; the bytes of messages are not, by which events are known. */
function structuredCopy(rows: readonly object[] | ReadonlyMap<string, unknown>): unknown {
  if (rows instanceof Map)
    return new Map([...rows].map(([key, row]) => [key, typeof row === 'object' ? { ...row } : row] as const));
  return [...(rows as readonly object[])].map((row) => ({ ...row }));
}

/** A surrogate without its other half. */
const HALF = /\p{Surrogate}/u;

function placeOf(queue: string, key: string): string {
  return `${queue}\n${key}`;
}

function names(...values: readonly (string | undefined)[]): void {
  for (const value of values) {
    if (value?.includes('\0') === true) refuse('a text has a NUL');
    if (value !== undefined && HALF.test(value)) refuse('a text has half a character');
  }
}

/** A row that is too large, or has a number out of range: no database ever takes it. */
function takes({ headers }: WireMessage): void {
  if (headers['poison'] !== undefined) refuse('a value is out of range');
}

function refuse(what: string): never {
  throw new GridwireError('STORE_REFUSED', `The simulated store refuses the row: ${what}.`);
}
