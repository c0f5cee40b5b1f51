/** Places for the first items, and after a rush; a power of two, as all sizes are. Many queues never have more. */
const PLACES = 4;
/** What has more places than this gives them back once it is empty. */
const KEPT = 1_024;

/**
 * First in, first out, without the cost that `Array.shift` has on long arrays. The places are a ring that is used again
 * and again: of an array that grows at one end and is cut at the other, parts that were given up would keep what was in
 * them alive until the next full garbage collection.
 */
export class Fifo<T> {
  #places: (T | undefined)[] = [];
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#length === this.#places.length) this.#grow();
    this.#places[(this.#head + this.#length) & (this.#places.length - 1)] = item;
    this.#length += 1;
  }

  /** Puts items before all others, keeping their order. */
  putBack(items: readonly T[]): void {
    this.#set([...items, ...this.first(this.#length)]);
  }

  /** Puts an item before the first one for which the test says so. */
  insertBefore(item: T, test: (other: T) => boolean): void {
    let index = 0;
    while (index < this.#length && !test(this.#at(index))) index += 1;
    this.#insert(item, index);
  }

  /** Puts an item behind the last one for which the test says so; cheap where that is near the end. */
  insertFromEnd(item: T, test: (other: T) => boolean): void {
    let index = this.#length;
    while (index > 0 && !test(this.#at(index - 1))) index -= 1;
    this.#insert(item, index);
  }

  /** Removes the items for which the test says so. */
  removeWhere(test: (item: T) => boolean): void {
    this.#set(this.first(this.#length).filter((item) => !test(item)));
  }

  peek(): T | undefined {
    return this.#places[this.#head];
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#places[this.#head];
    this.#places[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#places.length - 1);
    this.#length -= 1;
    if (this.#length === 0 && this.#places.length > KEPT) this.clear();
    return item;
  }

  /** Removes the first `count` items. */
  drop(count: number): void {
    for (let dropped = 0; dropped < count; dropped += 1) this.shift();
  }

  /** A copy of the first `count` items. */
  first(count: number): T[] {
    return Array.from({ length: Math.min(count, this.#length) }, (_, index) => this.#at(index));
  }

  /** Removes all items and returns them. */
  takeAll(): T[] {
    const all = this.first(this.#length);
    this.clear();
    return all;
  }

  some(test: (item: T) => boolean): boolean {
    for (let index = 0; index < this.#length; index += 1) if (test(this.#at(index))) return true;
    return false;
  }

  clear(): void {
    this.#set([]);
  }

  /** @param index from the first one, of those that are there */
  #at(index: number): T {
    return this.#places[(this.#head + index) & (this.#places.length - 1)] as T;
  }

  /** Moves those behind it one place on, or those before it one place back, whichever are fewer. */
  #insert(item: T, index: number): void {
    if (this.#length === this.#places.length) this.#grow();
    const last = this.#places.length - 1;
    const before = this.#head + index;
    const end = this.#head + this.#length;
    if (2 * index < this.#length) {
      for (let place = this.#head; place < before; place += 1)
        this.#places[(place - 1) & last] = this.#places[place & last];
      this.#head = (this.#head - 1) & last;
    } else
      for (let place = end; place > before; place -= 1)
        this.#places[place & last] = this.#places[(place - 1) & last];
    this.#length += 1;
    this.#places[(this.#head + index) & last] = item;
  }

  #grow(): void {
    this.#set(this.first(this.#length), 2 * this.#places.length);
  }

  /** @param most how many there must be room for */
  #set(items: readonly T[], most = items.length): void {
    let places = PLACES;
    while (places < most) places *= 2;
    // Nothing is kept by the places that are given up.
    this.#places.fill(undefined);
    if (places !== this.#places.length) this.#places = emptyPlaces(places);
    for (const [index, item] of items.entries()) this.#places[index] = item;
    this.#head = 0;
    this.#length = items.length;
  }
}

function emptyPlaces<T>(count: number): (T | undefined)[] {
  return new Array<T | undefined>(count).fill(undefined);
}
