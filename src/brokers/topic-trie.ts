/** Bounds the memory that the match cache may take; beyond it the cache starts anew. */
const CACHE_LIMIT = 10_000;
/** A cache that became full before its answers were asked for again, on average, costs more than it saves: so many look-ups go without. */
const WITHOUT_CACHE = 10 * CACHE_LIMIT;

/** Which subscribers a topic reaches: a trie of filter levels, with the answers of past look-ups kept. */
export class TopicTrie<T> {
  readonly #root = new Level<T>();
  readonly #cache = new Map<string, readonly T[]>();
  #hits = 0;
  /** Look-ups whose answers are not kept. */
  #without = 0;

  /** @param filter a valid MQTT filter, without `$share` */
  add(filter: string, value: T): void {
    let level = this.#root;
    for (const part of filter.split('/')) level = level.make(part);
    if (!level.values.includes(value)) level.values = [...level.values, value];
    this.#cache.clear();
  }

  remove(filter: string, value: T): void {
    const path = [this.#root];
    const parts = filter.split('/');
    for (const part of parts) {
      const next = path.at(-1)?.find(part);
      if (!next) return;
      path.push(next);
    }
    const last = path.at(-1);
    if (last !== undefined) last.values = last.values.filter((each) => each !== value);
    for (let depth = parts.length; depth > 0 && path[depth]?.isEmpty() === true; depth -= 1) {
      path[depth - 1]?.drop(parts[depth - 1] ?? '');
    }
    this.#cache.clear();
  }

  /** True if the topic was looked up before, and so was found valid then. */
  knows(topic: string): boolean {
    return this.#cache.has(topic);
  }

  /** Every value whose filter selects the topic, once per filter it was added under. */
  match(topic: string): readonly T[] {
    const cached = this.#cache.get(topic);
    if (cached) {
      this.#hits += 1;
      return cached;
    }
    const found: T[] = [];
    collect(this.#root, topic.split('/'), 0, found);
    this.#keep(topic, found);
    return found;
  }

  #keep(topic: string, found: readonly T[]): void {
    if (this.#without > 0) {
      this.#without -= 1;
      return;
    }
    if (this.#cache.size >= CACHE_LIMIT) {
      if (this.#hits < CACHE_LIMIT) this.#without = WITHOUT_CACHE;
      this.#hits = 0;
      this.#cache.clear();
    }
    this.#cache.set(topic, found);
  }
}

const NONE: readonly never[] = [];

/** A level of the filters that begin alike. Most are the last of one filter, and take no more room than that needs. */
class Level<T> {
  /** Of the filters that end here. */
  values: readonly T[] = NONE;
  named: Map<string, Level<T>> | undefined;
  /** The level `+`. */
  any: Level<T> | undefined;
  /** The level `#`. */
  rest: Level<T> | undefined;

  find(part: string): Level<T> | undefined {
    if (part === '+') return this.any;
    return part === '#' ? this.rest : this.named?.get(part);
  }

  /** The level below, made where there is none. */
  make(part: string): Level<T> {
    if (part === '+') return (this.any ??= new Level());
    if (part === '#') return (this.rest ??= new Level());
    this.named ??= new Map();
    let level = this.named.get(part);
    if (level === undefined) this.named.set(part, (level = new Level()));
    return level;
  }

  drop(part: string): void {
    if (part === '+') this.any = undefined;
    else if (part === '#') this.rest = undefined;
    else if (this.named?.delete(part) === true && this.named.size === 0) this.named = undefined;
  }

  isEmpty(): boolean {
    const below = this.named ?? this.any ?? this.rest;
    return below === undefined && this.values.length === 0;
  }
}

function collect<T>(level: Level<T>, parts: string[], depth: number, found: T[]): void {
  // Wildcards never select `$SYS` and its like at the first level.
  const wildcards = depth > 0 || parts[0]?.startsWith('$') !== true;
  if (wildcards && level.rest !== undefined) found.push(...level.rest.values);
  if (depth === parts.length) {
    found.push(...level.values);
    return;
  }
  const exact = level.named?.get(parts[depth] ?? '');
  if (exact) collect(exact, parts, depth + 1, found);
  if (wildcards && level.any !== undefined) collect(level.any, parts, depth + 1, found);
}
