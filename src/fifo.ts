/** First in, first out, without the cost that `Array.shift` has on long arrays. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Puts items before all others, keeping their order. */
  putBack(items: readonly T[]): void {
    this.#items = [...items, ...this.#items.slice(this.#head)];
    this.#head = 0;
  }

  /** Puts an item before the first one for which the test says so. */
  insertBefore(item: T, test: (other: T) => boolean): void {
    let index = this.#head;
    while (index < this.#items.length && !test(this.#items[index] as T)) index += 1;
    this.#items.splice(index, 0, item);
  }

  /** Puts an item behind the last one for which the test says so; cheap where that is near the end. */
  insertFromEnd(item: T, test: (other: T) => boolean): void {
    let index = this.#items.length;
    while (index > this.#head && !test(this.#items[index - 1] as T)) index -= 1;
    if (index === this.#items.length) this.#items.push(item);
    else this.#items.splice(index, 0, item);
  }

  /** Removes the items for which the test says so. */
  removeWhere(test: (item: T) => boolean): void {
    this.#items = (this.#items.slice(this.#head) as T[]).filter((item) => !test(item));
    this.#head = 0;
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Removes the first `count` items. */
  drop(count: number): void {
    for (let dropped = 0; dropped < count; dropped += 1) this.shift();
  }

  /** A copy of the first `count` items. */
  first(count: number): T[] {
    return this.#items.slice(this.#head, this.#head + count) as T[];
  }

  /** Removes all items and returns them. */
  takeAll(): T[] {
    const all = this.first(this.length);
    this.clear();
    return all;
  }

  some(test: (item: T) => boolean): boolean {
    for (let index = this.#head; index < this.#items.length; index += 1) {
      if (test(this.#items[index] as T)) return true;
    }
    return false;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}
