import { type Linked, LinkedList } from './linked-list.js';

/** Where a value stands, until it leaves. */
class Slot<K, V> implements Linked<Slot<K, V>> {
  before: Slot<K, V> | undefined;
  after: Slot<K, V> | undefined;
  list: LinkedList<Slot<K, V>> | undefined;

  constructor(
    readonly key: K,
    /** Undefined once it has left. */
    public value: V | undefined,
  ) {}
}

/**
 * A map of what passes through: entries come and go all the time. What they cost stays the same however many have gone,
 * which a `Map` does not give:
 *
 * - Its first entry is looked for among the places of all that have gone since the table was made. With 50,000 entries,
 *   of which the oldest gives way to each new one, that takes 20 microseconds. Here the order is a linked list.
 * - V8 makes a new table whenever so many have come and gone, and lets the old one point to the new one, for iterators.
 *   Once an old table has been promoted to the old generation it keeps all later ones until the next full collection,
 *   with each value that was there when its table was given up; all of them are copied and promoted, too. Here a table
 *   that was given up knows nothing but empty slots. Its keys should be plain texts or numbers for that reason.
 */
export class PassingMap<K extends string | number, V> {
  readonly #slots = new Map<K, Slot<K, V>>();
  readonly #order = new LinkedList<Slot<K, V>>();

  get size(): number {
    return this.#order.size;
  }

  /** The key of the one that has been here longest. */
  get oldest(): K | undefined {
    return this.#order.first?.key;
  }

  has(key: K): boolean {
    return this.#slots.has(key);
  }

  get(key: K): V | undefined {
    return this.#slots.get(key)?.value;
  }

  /** A key that is known keeps its place in the order. */
  set(key: K, value: V): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) this.#enter(new Slot<K, V>(key, value));
    else slot.value = value;
  }

  /** A key that is known becomes the youngest. */
  renew(key: K, value: V): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) this.#enter(new Slot<K, V>(key, value));
    else {
      slot.value = value;
      this.#order.delete(slot);
      this.#order.add(slot);
    }
  }

  /** @returns whether it was there */
  delete(key: K): boolean {
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    this.#slots.delete(key);
    this.#leave(slot);
    return true;
  }

  /** The oldest give way until no more than so many are left. */
  keepTo(most: number): void {
    for (let oldest = this.oldest; this.size > most && oldest !== undefined; oldest = this.oldest)
      this.delete(oldest);
  }

  clear(): void {
    this.#slots.clear();
    for (const slot of this.#order) this.#leave(slot);
  }

  /** Oldest first. One that is being looked at may be deleted meanwhile. */
  *values(): Generator<V, undefined> {
    for (const { value } of this.#order) yield value as V;
  }

  /** Oldest first. One that is being looked at may be deleted meanwhile. */
  *[Symbol.iterator](): Generator<[K, V], undefined> {
    for (const { key, value } of this.#order) yield [key, value as V];
  }

  #enter(slot: Slot<K, V>): void {
    this.#slots.set(slot.key, slot);
    this.#order.add(slot);
  }

  #leave(slot: Slot<K, V>): void {
    this.#order.delete(slot);
    slot.value = undefined;
  }
}
