import type { Effect } from './effects.js';
import type { Item } from './item.js';
import type { HeldGroup } from './work.js';

/**
 * How many rows of the store wait for each decision, as their owner was told. Others change them as well: a person
 * discards some, a subject is erased, and those of a process that died come here.
 */
export class HeldRows {
  private readonly counts = new Map<string, number>();
  /** What changed since the store was asked, or was changing then: its answer says nothing about it. */
  private touched = new Set<string>();

  /** A message has become such a row. */
  written(by: string): void {
    this.touched.add(by);
    this.add(by, 1);
  }

  /** Its owner has decided, and counts none of them any more. */
  decided(by: string): void {
    this.touched.add(by);
    this.counts.delete(by);
  }

  /**
   * The store is asked.
   * @param inHand of which some are being written down as held
   * @param decided what the store has not carried out yet
   */
  ask(inHand: Iterable<Item>, decided: Iterable<string>): void {
    this.touched = new Set(decided);
    // What is held in memory alone says nothing about rows.
    for (const { ending } of inHand)
      if (ending?.kind === 'parked' && ending.by !== undefined) this.touched.add(ending.by);
  }

  /** @returns what tells their owner of rows that it does not know of, and of those that are there no more */
  loaded(groups: readonly HeldGroup[]): Effect[] {
    const there = new Map(groups.map(({ by, count }) => [by, count]));
    const effects: Effect[] = [];
    for (const by of new Set([...there.keys(), ...this.counts.keys()])) {
      if (this.touched.has(by)) continue;
      const more = (there.get(by) ?? 0) - (this.counts.get(by) ?? 0);
      if (more > 0) effects.push({ do: 'found', held: { by, count: more } });
      if (more < 0) effects.push(gone({ by, count: -more }));
      this.add(by, more);
    }
    return effects;
  }

  /** The owner leaves them, with those in hand, to whoever takes up the queue. */
  left(inHand: Iterable<Item>): Effect[] {
    const groups = [...this.counts].map(([by, count]) => ({ by, count }));
    for (const item of inHand) {
      const by = counted(item);
      if (by !== undefined) groups.push({ by, count: 1 });
    }
    return groups.map(gone);
  }

  private add(by: string, more: number): void {
    const count = (this.counts.get(by) ?? 0) + more;
    if (count > 0) this.counts.set(by, count);
    else this.counts.delete(by);
  }
}

/** They are not held any more, and nobody has decided. */
export function gone(group: HeldGroup): Effect {
  return { do: 'gone', held: group };
}

/** What a message in hand is held for, or is being written down as held for. */
function waitsFor({ state, heldBy, ending }: Item): string | undefined {
  if (state === 'held') return heldBy;
  return ending?.kind === 'parked' ? ending.by : undefined;
}

/** The same, where nobody has decided yet, so that its owner counts it. */
export function counted(item: Item): string | undefined {
  return item.decision === undefined ? waitsFor(item) : undefined;
}
