/** Bounds the memory that the match cache may take; beyond it the cache starts anew. */
const CACHE_LIMIT = 10_000;

/** Which subscribers a topic reaches: a trie of filter levels, with the answers of past look-ups kept. */
export class TopicTrie<T> {
  readonly #root = new Level<T>();
  readonly #cache = new Map<string, readonly T[]>();

  /** @param filter a valid MQTT filter, without `$share` */
  add(filter: string, value: T): void {
    let level = this.#root;
    for (const part of filter.split('/')) level = level.child(part);
    level.values.add(value);
    this.#cache.clear();
  }

  remove(filter: string, value: T): void {
    const path = [this.#root];
    const parts = filter.split('/');
    for (const part of parts) {
      const next = path.at(-1)?.children.get(part);
      if (!next) return;
      path.push(next);
    }
    path.at(-1)?.values.delete(value);
    for (let depth = parts.length; depth > 0 && path[depth]?.isEmpty() === true; depth -= 1) {
      path[depth - 1]?.children.delete(parts[depth - 1] ?? '');
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
    if (cached) return cached;
    const found: T[] = [];
    collect(this.#root, topic.split('/'), 0, found);
    if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
    this.#cache.set(topic, found);
    return found;
  }
}

class Level<T> {
  readonly children = new Map<string, Level<T>>();
  readonly values = new Set<T>();

  child(part: string): Level<T> {
    let child = this.children.get(part);
    if (!child) this.children.set(part, (child = new Level<T>()));
    return child;
  }

  isEmpty(): boolean {
    return this.values.size === 0 && this.children.size === 0;
  }
}

function collect<T>(level: Level<T>, parts: string[], depth: number, found: T[]): void {
  // Wildcards never select `$SYS` and its like at the first level.
  const wildcards = depth > 0 || parts[0]?.startsWith('$') !== true;
  if (wildcards) found.push(...(level.children.get('#')?.values ?? []));
  if (depth === parts.length) {
    found.push(...level.values);
    return;
  }
  const exact = level.children.get(parts[depth] ?? '');
  if (exact) collect(exact, parts, depth + 1, found);
  const any = wildcards ? level.children.get('+') : undefined;
  if (any) collect(any, parts, depth + 1, found);
}
