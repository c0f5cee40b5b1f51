import { GridwireError } from '../../../../src/errors.js';
import type { Begun, Loaded, Write } from '../../../../src/delivery/inbound/effects.js';
import type { InboxStore } from '../../../../src/delivery/inbound/inbox-store.js';
import type { Decision } from '../../../../src/delivery/inbound/work.js';
import type { NewDeadLetter } from '../../../../src/store/dead-letter-store.js';
import type { ParkedMessage } from '../../../../src/store/queue-stores.js';

export const AWAY = new GridwireError('STORE_UNAVAILABLE', 'The store is away.');
export const REFUSED = new GridwireError('STORE_REFUSED', 'The store refused the data.');

/** A store in memory that answers when a test wants, and fails as it says. */
export class MemoryInboxStore implements InboxStore {
  readonly rows = new Map<string, ParkedMessage>();
  readonly marks = new Map<string, number>();
  readonly letters: NewDeadLetter[] = [];
  readonly trims: number[] = [];
  /** Asked before each call; throws what the call fails with. */
  before: (call: 'write' | 'seen' | 'begin' | 'load' | 'decide' | 'trim', write?: Write) => void = () =>
    undefined;
  /** What a read that has read waits for before it answers. */
  afterLoad: () => Promise<void> = () => Promise.resolve();
  /** The clock's time for what lies here as due. */
  loads = 0;

  async write(write: Write, again: boolean): Promise<void> {
    await Promise.resolve();
    this.before('write', write);
    const { park, release, mark, letter } = write;
    if (release !== undefined) this.rows.delete(release);
    if (park !== undefined)
      this.rows.set(park.key, { ...park, parkedAt: this.rows.get(park.key)?.parkedAt ?? park.at ?? 0 });
    if (mark !== undefined) this.marks.set(mark.id, mark.at);
    if (letter !== undefined && !(again && this.letters.includes(letter))) this.letters.push(letter);
  }

  async seen(ids: readonly string[], since: number): Promise<ReadonlySet<string>> {
    await Promise.resolve();
    this.before('seen');
    return new Set(ids.filter((id) => (this.marks.get(id) ?? -Infinity) >= since));
  }

  async begin(now: number): Promise<Begun> {
    await Promise.resolve();
    this.before('begin');
    for (const row of this.rows.values())
      if (row.kind === 'kept' || (row.kind !== 'held' && (row.at ?? 0) > now))
        Object.assign(row, { kind: 'parked', nextAttemptAt: now });
    const names = [...this.rows.values()].map(({ key, origin = key }) => ({ key, name: origin }));
    return { held: this.held(), names };
  }

  private held(): { by: string; count: number }[] {
    const groups = new Map<string, number>();
    for (const { kind, by = '' } of this.rows.values())
      if (kind === 'held') groups.set(by, (groups.get(by) ?? 0) + 1);
    return [...groups].map(([by, count]) => ({ by, count }));
  }

  async load(now: number, limit: number, except: readonly string[]): Promise<Omit<Loaded, 'ids'>> {
    await Promise.resolve();
    this.before('load');
    this.loads += 1;
    const rows = [...this.rows.values()].filter(({ kind }) => kind !== 'held');
    const due = rows
      .filter(({ nextAttemptAt, key }) => nextAttemptAt <= now && !except.includes(key))
      .sort((a, b) => a.nextAttemptAt - b.nextAttemptAt)
      .slice(0, limit)
      .map((row) => ({ ...row }));
    const later = rows.map(({ nextAttemptAt }) => nextAttemptAt).filter((at) => at > now);
    const count = rows.filter(({ kind }) => kind !== 'kept').length;
    const held = this.held();
    await this.afterLoad();
    return { due, count, held, ...(later.length === 0 ? {} : { next: Math.min(...later) }) };
  }

  async decide({ by, refusal }: Decision, now: number): Promise<number> {
    await Promise.resolve();
    this.before('decide');
    const held = [...this.rows.values()].filter((row) => row.kind === 'held' && row.by === by);
    for (const row of held)
      Object.assign(
        row,
        { kind: 'parked', nextAttemptAt: now, attempts: 0 },
        refusal && {
          refusal: refusal.code,
          reason: refusal.message,
        },
      );
    return held.length;
  }

  async trim(now: number): Promise<void> {
    await Promise.resolve();
    this.before('trim');
    this.trims.push(now);
  }
}
