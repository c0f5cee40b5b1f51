/** Bounds the memory that the match cache may take; beyond it the cache starts anew. */
const CACHE_LIMIT = 10_000;
/** A cache that became full before its answers were asked for again, on average, costs more than it saves: so many look-ups go without. */
const WITHOUT_CACHE = 10 * CACHE_LIMIT;

/** Which subscribers a topic reaches: a trie of filter levels, with the answers of past look-ups kept. */
export class TopicTrie<T extends object | string | number> {
  readonly #root = new Level<T>('');
  readonly #cache = new Map<string, readonly T[]>();
  #hits = 0;
  /** Look-ups whose answers are not kept. */
  #without = 0;

  /** @param filter a valid MQTT filter, without `$share` */
  add(filter: string, value: T): void {
    const parts = filter.split('/');
    const end = endOf(parts);
    let level = this.#root;
    for (const part of parts) level = level.make(part);
    const known = listOf(level[end]);
    if (!known.includes(value)) level[end] = valuesOf([...known, value]);
    this.#cache.clear();
  }

  remove(filter: string, value: T): void {
    const path = [this.#root];
    const parts = filter.split('/');
    const end = endOf(parts);
    for (const part of parts) {
      const next = path.at(-1)?.find(part);
      if (!next) return;
      path.push(next);
    }
    const last = path.at(-1);
    if (last !== undefined) last[end] = valuesOf(listOf(last[end]).filter((each) => each !== value));
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

/** What a filter has: no value, one by itself, or more. */
type Values<T> = T | Several<T> | undefined;

class Several<T> {
  constructor(readonly all: readonly T[]) {}
}

function listOf<T>(values: Values<T>): readonly T[] {
  if (values === undefined) return [];
  return values instanceof Several ? values.all : [values];
}

function valuesOf<T>(list: readonly T[]): Values<T> {
  return list.length > 1 ? new Several(list) : list[0];
}

type End = 'ended' | 'endedByAny' | 'endedByRest';

/** Which values of a level the filter's are. @param parts loses the last one where that lies in the level above */
function endOf(parts: string[]): End {
  const last = parts.at(-1);
  if (last !== '+' && last !== '#') return 'ended';
  parts.pop();
  return last === '+' ? 'endedByAny' : 'endedByRest';
}

/**
 * A level of the filters that begin alike. What most filters end with (`+` and `#`) lies in the level above it, a level
 * that is the only one below another needs no map, and a value that is a filter's only one no list: among many filters
 * each object more is one that the processor has not at hand.
 */
class Level<T> {
  /** Of the filters that end here. */
  ended: Values<T>;
  /** Of the filters that end with `+` below this level, and with `#`. */
  endedByAny: Values<T>;
  endedByRest: Values<T>;
  /** The levels below that have a name: none, one by itself, or more. */
  only: Level<T> | undefined;
  named: Map<string, Level<T>> | undefined;
  /** The level `+`, where filters go on below it. */
  any: Level<T> | undefined;

  constructor(readonly name: string) {}

  find(part: string): Level<T> | undefined {
    if (part === '+') return this.any;
    return this.only?.name === part ? this.only : this.named?.get(part);
  }

  /** The level below, made where there is none. */
  make(part: string): Level<T> {
    const known = this.find(part);
    if (known !== undefined) return known;
    const made = new Level<T>(part);
    if (part === '+') this.any = made;
    else if (this.named !== undefined) this.named.set(part, made);
    else if (this.only === undefined) this.only = made;
    else {
      this.named = new Map([this.only, made].map((level) => [level.name, level]));
      this.only = undefined;
    }
    return made;
  }

  drop(part: string): void {
    if (part === '+') this.any = undefined;
    else if (part === this.only?.name) this.only = undefined;
    else if (this.named?.delete(part) === true && this.named.size === 0) this.named = undefined;
  }

  isEmpty(): boolean {
    const below = this.named ?? this.only ?? this.any;
    return (below ?? this.ended ?? this.endedByAny ?? this.endedByRest) === undefined;
  }
}

function collect<T>(level: Level<T>, parts: readonly string[], depth: number, found: T[]): void {
  // Wildcards never select `$SYS` and its like at the first level.
  const wildcards = depth > 0 || parts[0]?.startsWith('$') !== true;
  if (wildcards) addAll(found, level.endedByRest);
  if (depth === parts.length) {
    addAll(found, level.ended);
    return;
  }
  const part = parts[depth] ?? '';
  const exact = level.only?.name === part ? level.only : level.named?.get(part);
  if (exact !== undefined) collect(exact, parts, depth + 1, found);
  if (!wildcards) return;
  if (depth + 1 === parts.length) addAll(found, level.endedByAny);
  if (level.any !== undefined) collect(level.any, parts, depth + 1, found);
}

function addAll<T>(found: T[], values: Values<T>): void {
  if (values === undefined) return;
  if (values instanceof Several) for (const value of values.all) found.push(value);
  else found.push(values);
}
