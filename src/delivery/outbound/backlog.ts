import { messageBytes } from '../../event.js';
import { PassingMap } from '../../passing-map.js';
import type { LeftOver } from './handover.js';
import { type MemoryLimits, STORE_RETRY } from './outbox-limits.js';
import type { JournalUsage, KeptEntry } from './journal.js';
import type { Ending, Item } from './outbox-item.js';

/** What is to be done to the journal next; one of each kind is under way at a time. */
export type JournalTask =
  | { do: 'open' }
  | { do: 'load'; after: number; count: number; bytes: number }
  | { do: 'remove'; ids: readonly number[] }
  | { do: 'revoke'; origins: readonly string[] };

type TaskKind = JournalTask['do'];

/**
 * What a durable outbox knows of its journal: how far it has been taken into memory, what stands there only, and what
 * is to be removed from it. It knows no store: what came of a task comes in.
 */
export class Backlog {
  /** Rows of an earlier process, of which only the number is known. */
  strangers = { count: 0, bytes: 0 };
  /** Events of this process that are in the journal only. */
  left = { count: 0, bytes: 0 };
  readonly byId = new PassingMap<number, Item>();
  /** How events ended whose rows are still to be removed: a page that was read before must not bring them back. */
  readonly endedRows = new Map<number, Ending>();
  isOpen = false;
  /** What is not in memory was there before the connection was, or before this process. */
  private waited = false;
  /** All rows up to this id are in memory, or known to have ended. */
  private cursor = 0;
  /** The highest id that is known. */
  newest = 0;
  /** There may be rows that nobody counted. */
  private searching = false;
  private newestAtLoad = 0;
  /** The page that is being read was asked for before the reading began anew. */
  private isStale = false;
  /** Rows that were changed while a page was being read, which may show them as they were. */
  private readonly renewedRows = new Set<number>();
  private gone: number[] = [];
  private removed: number[] = [];
  private readonly revoked = new Set<string>();
  private readonly busy = new Set<TaskKind>();
  private readonly retryAt = new Map<TaskKind, number>();

  /** @param inMemory how much of what is kept may be in memory */
  constructor(private readonly inMemory: MemoryLimits) {}

  /** Whether some that are not in memory have waited for a connection. What found no room in memory only is not late. */
  get hasLate(): boolean {
    if (this.isAllInMemory) this.waited = false;
    return this.waited;
  }

  /** There is a connection again. */
  connected(): void {
    this.waited = !this.isAllInMemory;
  }

  /** Whether all that is kept is in memory too. */
  get isAllInMemory(): boolean {
    // While rows are looked for that nobody counted, a newer one must not go before them.
    const { isOpen, searching, strangers, left } = this;
    return isOpen && !searching && strangers.count === 0 && left.count === 0;
  }

  /** Whether nothing is under way to the journal, or to be done to it that can be done now. */
  atRest(now: number): boolean {
    if (this.busy.has('remove') || this.busy.has('revoke')) return false;
    const due = (kind: TaskKind): boolean => (this.retryAt.get(kind) ?? 0) <= now;
    return (this.gone.length === 0 || !due('remove')) && (this.revoked.size === 0 || !due('revoke'));
  }

  /** When a task that failed is to be tried again. One whose time has come waits for something else than time. */
  wakeAt(now: number): number | undefined {
    let next: number | undefined;
    for (const at of this.retryAt.values()) if (at > now && at < (next ?? Infinity)) next = at;
    return next;
  }

  /** The tasks that may start now; they count as started. @param held what is in memory */
  *tasks(
    now: number,
    held: { count: number; bytes: number },
    closed: boolean,
  ): IterableIterator<JournalTask> {
    if (!this.isOpen && !closed && this.starts('open', now)) yield { do: 'open' };
    if (!this.busy.has('load') && this.gone.length > 0 && this.starts('remove', now))
      yield { do: 'remove', ids: (this.removed = this.gone.splice(0)) };
    // A page that was read before must not bring back what is taken away after.
    if (!this.busy.has('load') && this.revoked.size > 0 && this.starts('revoke', now))
      yield { do: 'revoke', origins: [...this.revoked] };
    const { count, bytes } = held;
    const { inMemory } = this;
    const mayRead = count <= inMemory.count / 2 && bytes <= inMemory.bytes / 2;
    if (closed || !this.isOpen || !mayRead || this.isAllInMemory) return;
    if (this.busy.has('remove') || this.busy.has('revoke') || !this.starts('load', now)) return;
    this.isStale = false;
    this.renewedRows.clear();
    this.newestAtLoad = this.newest;
    yield { do: 'load', after: this.cursor, count: inMemory.count - count, bytes: inMemory.bytes - bytes };
  }

  /** Somebody waits for it to be open. */
  openNow(): void {
    this.retryAt.delete('open');
  }

  failed(kind: TaskKind, now: number): void {
    this.busy.delete(kind);
    this.retryAt.set(kind, now + STORE_RETRY);
    if (kind === 'remove') this.gone.unshift(...this.removed.splice(0));
  }

  opened({ count, bytes, newestId }: JournalUsage): void {
    this.done('open');
    this.isOpen = true;
    this.waited = count > 0;
    this.strangers = { count, bytes };
    this.newest = Math.max(this.newest, newestId);
  }

  removedAll(): void {
    this.done('remove');
    for (const id of this.removed.splice(0)) this.endedRows.delete(id);
  }

  revokedAll(origins: readonly string[]): void {
    this.done('revoke');
    for (const origin of origins) this.revoked.delete(origin);
  }

  /** A row is to be forgotten, whose event ended so. */
  remove(id: number, ending: Ending): void {
    this.gone.push(id);
    this.endedRows.set(id, ending);
  }

  /** Nobody knows whether an event of this name was written: if it was, it must not be sent. */
  revoke(origin: string): void {
    this.revoked.add(origin);
  }

  /** Somebody sends it anew. */
  unrevoke(origin: string): void {
    this.revoked.delete(origin);
  }

  /** Nobody knows whether a row was written, and if so it is to be sent: the journal is read from its beginning. */
  search(): void {
    this.cursor = 0;
    this.searching = true;
    this.isStale = this.busy.has('load');
  }

  /** An event has a row now. @returns whether it belongs into memory whatever else waits */
  written(id: number): boolean {
    this.newest = Math.max(this.newest, id);
    return id <= this.cursor;
  }

  /** The next event in order is in memory. */
  took(id: number): void {
    this.cursor = Math.max(this.cursor, id);
  }

  /** A row has other content now: a page that is being read may not know, and is not the last word. */
  renewed(id: number): void {
    if (!this.busy.has('load')) return;
    this.isStale = true;
    this.renewedRows.add(id);
  }

  /** A row that was there before is now known. */
  met(bytes: number): void {
    this.strangers.count = Math.max(0, this.strangers.count - 1);
    this.strangers.bytes = Math.max(0, this.strangers.bytes - bytes);
  }

  leave({ bytes }: Item): void {
    this.left.count += 1;
    this.left.bytes += bytes;
  }

  unleave({ bytes }: Item): void {
    this.left.count -= 1;
    this.left.bytes -= bytes;
  }

  /**
   * A page has come. @param isWriting whether an event of that name is on its way into the journal, with an answer to come
   * @returns of its rows, those that are to go into memory
   */
  loaded(page: readonly KeptEntry[], isWriting: (origin: string, id: number) => boolean): KeptEntry[] {
    this.done('load');
    if (!this.isStale) this.cursor = Math.max(this.cursor, page.at(-1)?.id ?? 0);
    const fresh = page.filter(({ id, origin }) => {
      if (this.endedRows.has(id) || this.renewedRows.has(id)) return false;
      const known = this.byId.get(id);
      // Who writes it once more will follow the one that is known.
      if (known !== undefined) return known.state === 'left';
      return origin === undefined || !(this.revoked.has(origin) || isWriting(origin, id));
    });
    for (const { id, message } of fresh) if (!this.byId.has(id)) this.met(messageBytes(message));
    return fresh;
  }

  /** An empty page: nothing else is there, unless it is an old one. @returns events that should be, and were erased */
  nothingElse(): Item[] {
    if (this.isStale) return [];
    this.strangers = { count: 0, bytes: 0 };
    this.searching = false;
    if (this.left.count === 0) return [];
    return [...this.byId.values()].filter(
      ({ state, order }) => state === 'left' && order <= this.newestAtLoad,
    );
  }

  /** What the next outbox of the queue has to take away. */
  get leftOver(): LeftOver {
    return { ids: [...this.endedRows.keys()], names: [...this.revoked] };
  }

  /** Another process has the queue now: what was known of it is void, but for what was told of rows it may not have. */
  lost(): void {
    this.isOpen = false;
    this.strangers = { count: 0, bytes: 0 };
    this.cursor = this.newest = 0;
  }

  private starts(kind: TaskKind, now: number): boolean {
    if (this.busy.has(kind) || (this.retryAt.get(kind) ?? 0) > now) return false;
    this.retryAt.delete(kind);
    this.busy.add(kind);
    return true;
  }

  private done(kind: TaskKind): void {
    this.busy.delete(kind);
  }
}
