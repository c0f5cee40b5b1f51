import { line, type Sample } from './exposition.js';

/** A sum, or a value of this moment. */
export class Cell {
  value = 0;

  private isSet = false;

  add(amount = 1): void {
    this.value += amount;
  }

  /** For what cannot be added up where several have the same labels: the smallest of them. */
  least(value: number): void {
    this.value = this.isSet ? Math.min(this.value, value) : value;
    this.isSet = true;
  }

  /** The largest of them. */
  most(value: number): void {
    this.value = Math.max(this.value, value);
  }
}

/** How values are distributed over buckets, whose upper bounds are seconds. */
export class Distribution {
  /** By bucket, not added up; the last one is for what is beyond all bounds. */
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] as number)) bucket += 1;
    (this.counts[bucket] as number) += 1;
    this.sum += value;
    this.count += 1;
  }
}

/** The labels of what has no room of its own any more. */
const OTHER = 'other';
/** A name that a person gave may be long; the label made of it is not. */
const LONGEST = 200;

/** One of the values that a series consists of. */
interface Part {
  /** What is put behind the name. */
  ending?: string;
  /** A label beside those of the series. */
  label?: readonly [name: string, value: string];
  value: number;
}

interface Spec {
  name: string;
  help: string;
  labels: readonly string[];
  /** Those of the labels whose values are few, and are never `other`. */
  fixed?: readonly string[];
}

/** A label that has so many values, whatever people call their nodes. */
export interface FixedLabel {
  label: string;
  values: number;
}

/** One metric, with a series for each combination of its labels. */
export class Family<Value extends Cell | Distribution> {
  private readonly series = new Map<string, { labels: readonly string[]; value: Value }>();
  /** How many of them have room that was asked for; that of `other` is kept free. */
  private taken = 0;

  /**
   * @param cost how many series one combination of labels takes
   * @param take asks for the room of one more; false if there is none
   */
  constructor(
    private readonly spec: Spec,
    private readonly type: 'counter' | 'gauge' | 'histogram',
    private readonly cost: number,
    private readonly take: (cost: number) => boolean,
    private readonly make: () => Value,
    private readonly samples: (value: Value) => Part[],
  ) {}

  /** The series with these labels, or the one for all others if there is no room for it. */
  of(...labels: string[]): Value {
    // Half a character would be written as another one, and two series would have one name.
    const bounded = labels.map((label) => label.slice(0, LONGEST).toWellFormed());
    const known = this.series.get(bounded.join('\0'));
    if (known !== undefined) return known.value;
    if (!this.take(this.cost))
      return this.add(bounded.map((value, at) => (this.isFixed(at) ? value : OTHER)));
    this.taken += 1;
    return this.add(bounded);
  }

  /** Forgets all series; for values of this moment, which are asked for anew. */
  clear(): void {
    this.take(-this.cost * this.taken);
    this.taken = 0;
    this.series.clear();
  }

  get text(): string {
    if (this.series.size === 0) return '';
    const { name, help } = this.spec;
    const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${this.type}`, ...this.all.map(line)];
    return `${lines.join('\n')}\n`;
  }

  get all(): Sample[] {
    const { name, labels: names } = this.spec;
    return [...this.series.values()].flatMap(({ labels, value }) => {
      const own = names.map((label, index) => [label, labels[index] ?? ''] as const);
      return this.samples(value).map(({ ending = '', label, value: each }) => ({
        name: name + ending,
        labels: Object.fromEntries(label === undefined ? own : [...own, label]),
        value: each,
      }));
    });
  }

  private isFixed(at: number): boolean {
    const { labels, fixed = [] } = this.spec;
    return fixed.includes(labels[at] ?? '');
  }

  private add(labels: readonly string[]): Value {
    const key = labels.join('\0');
    const known = this.series.get(key);
    if (known !== undefined) return known.value;
    const value = this.make();
    this.series.set(key, { labels, value });
    return value;
  }
}

/** All metrics of a process, with no more series than there is room for. */
export class Registry {
  private readonly families: Family<Cell | Distribution>[] = [];
  private used = 0;

  /** @param limit most series of all metrics together; room for `other` is kept in each */
  constructor(private readonly limit = 2_000) {}

  counter(name: string, help: string, ...labels: string[]): Family<Cell> {
    return this.family({ name, help, labels }, 'counter', 1, () => new Cell(), plain);
  }

  gauge(name: string, help: string, ...labels: (string | FixedLabel)[]): Family<Cell> {
    const known = labels.filter((label) => typeof label !== 'string');
    const others = known.reduce((product, { values }) => product * values, 1);
    const names = labels.map((label) => (typeof label === 'string' ? label : label.label));
    const spec = { name, help, labels: names, fixed: known.map(({ label }) => label) };
    return this.family(spec, 'gauge', 1, () => new Cell(), plain, others);
  }

  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
    ...labels: string[]
  ): Family<Distribution> {
    // A series for each bucket, the last one, the sum and the count.
    const cost = bounds.length + 3;
    const make = (): Distribution => new Distribution(bounds);
    return this.family({ name, help, labels }, 'histogram', cost, make, (value) => buckets(value, bounds));
  }

  /** How many series there are, with those that are kept free for `other`. */
  get size(): number {
    return this.used;
  }

  get samples(): Sample[] {
    return this.families.flatMap(({ all }) => all);
  }

  /** In Prometheus' text format. */
  get text(): string {
    return this.families.map(({ text }) => text).join('');
  }

  /** @param others how many series stand for all others: one for each value of the fixed labels */
  private family<Value extends Cell | Distribution>(
    spec: Spec,
    type: 'counter' | 'gauge' | 'histogram',
    cost: number,
    make: () => Value,
    samples: (value: Value) => Part[],
    others = 1,
  ): Family<Value> {
    this.used += cost * others;
    const take = (more: number): boolean => {
      if (this.used + more > this.limit) return false;
      this.used += more;
      return true;
    };
    const family = new Family(spec, type, cost, take, make, samples);
    this.families.push(family as unknown as Family<Cell | Distribution>);
    return family;
  }
}

function plain({ value }: Cell): Part[] {
  return [{ value }];
}

function buckets({ counts, sum, count }: Distribution, bounds: readonly number[]): Part[] {
  let below = 0;
  const rows = counts.map((each, index) => {
    below += each;
    return { ending: '_bucket', label: ['le', String(bounds[index] ?? '+Inf')] as const, value: below };
  });
  return [...rows, { ending: '_sum', value: sum }, { ending: '_count', value: count }];
}
