import type { Json, JsonObject } from '../../src/event.js';

/** Characters and words that have broken something somewhere. */
const NASTY = [
  ...[
    '\0',
    '\u001f',
    '\u007f',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\ufffe',
    '\ud800',
    '\udc00',
    '😀',
    'ß',
    'İ',
    '\u0301',
  ],
  ...[
    '/',
    '//',
    '+',
    '#',
    '$share/g/',
    '$SYS',
    '..',
    '%',
    '%00',
    '\\',
    '"',
    "'",
    '`',
    '<b>',
    '${HOME}',
    '{{x}}',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'length',
    'then',
    'null',
    'undefined',
    'NaN',
    '-0',
  ],
  ...['1e999', '9007199254740993', '0.1e-400', '-1', '2147483648', '1970-01-01T00:00:00Z', '275760-09-13'],
  ...['[', ']', '{', '}', ',', ':', '\n', '\r\n', '\t', ' ', '&a', '*a', '!!js', '<<:', '%', ';', '='],
];
const NUMBERS = [
  ...[0, -0, 1, -1, 0.1, 1e21, 1e-7, 1e308, -1e308, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2, 9e15, 1e15],
];

/** Chance by a seed: the same seed gives the same case again. */
export class Chance {
  private state: number;

  constructor(seed: number, index = 0) {
    this.state = (seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0;
    this.next();
  }

  /** From 0 on, below 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** A length: mostly small, seldom near the most. */
  size(most: number): number {
    return Math.floor(most ** this.next()) - 1;
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(0, from.length - 1)] as T;
  }

  bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.size(most) }, () => this.int(0, 255)));
  }

  /** A text of words, nasty ones among them; sometimes one of them very often. */
  text(most = 60): string {
    if (this.is(0.02)) return this.pick(NASTY).repeat(this.size(Math.max(2, most * 50)));
    let made = '';
    for (let left = this.size(12) + 1; left > 0 && made.length < most; left -= 1)
      made += this.is(0.3) ? this.pick(NASTY) : this.word();
    return made;
  }

  word(): string {
    return Array.from({ length: this.int(1, 8) }, () => String.fromCharCode(this.int(97, 122))).join('');
  }

  json(depth = 5): Json {
    if (depth === 0 || this.is(0.5)) {
      const kind = this.int(0, 4);
      if (kind === 0) return null;
      if (kind === 1) return this.is(0.5);
      return kind === 2 ? this.pick(NUMBERS) : kind === 3 ? this.int(-1000, 1000) : this.text();
    }
    const length = this.size(10);
    if (this.is(0.4)) return Array.from({ length }, () => this.json(depth - 1));
    return this.object(Array.from({ length }, () => [this.text(20), this.json(depth - 1)]));
  }

  /** The same document with some of it replaced, left out, doubled or renamed. */
  changed(value: Json, rate = 0.15): Json {
    if (this.is(rate))
      return this.is(0.5) ? this.json(3) : this.pick([null, [], {}, '', 0, -1, true, [value]]);
    if (Array.isArray(value)) {
      return value.flatMap((each) => (this.is(rate / 2) ? [] : [this.changed(each, rate)]));
    }
    if (typeof value !== 'object' || value === null)
      return typeof value === 'string' && this.is(rate) ? this.changedText(value) : value;
    return this.object(
      Object.entries(value).flatMap(([name, each]): [string, Json][] => {
        if (this.is(rate / 3)) return [];
        return [[this.is(rate / 3) ? this.text(20) : name, this.changed(each, rate)]];
      }),
    );
  }

  /** Members by these names, `__proto__` among them. */
  private object(entries: [string, Json][]): JsonObject {
    return Object.fromEntries(entries);
  }

  /** The same text with pieces taken out, put in, doubled, and moved. */
  changedText(text: string): string {
    let made = text;
    for (let times = this.int(1, 4); times > 0; times -= 1) {
      const at = this.int(0, made.length);
      const end = Math.min(made.length, at + this.size(40) + 1);
      const piece = made.slice(at, end);
      const put = this.pick([
        '',
        this.text(30),
        piece + piece,
        this.is(0.05) ? piece.repeat(this.int(2, 2_000)).slice(0, 200_000) : piece,
        this.pick(NASTY),
      ]);
      made = made.slice(0, at) + put + made.slice(end);
    }
    return made;
  }

  changedBytes(bytes: Uint8Array): Buffer {
    let made = Buffer.from(bytes);
    for (let times = this.int(1, 5); times > 0 && made.length > 0; times -= 1) {
      const at = this.int(0, made.length - 1);
      const kind = this.int(0, 5);
      if (kind === 0) made[at] = this.int(0, 255);
      else if (kind === 1) made[at] = (made[at] ?? 0) ^ (1 << this.int(0, 7));
      else if (kind === 2) made = made.subarray(0, at);
      else if (kind === 3) made = Buffer.concat([made.subarray(0, at), this.bytes(30), made.subarray(at)]);
      else if (kind === 4) made = Buffer.concat([made.subarray(0, at), made.subarray(at + this.int(1, 20))]);
      else if (made.length >= at + 4)
        made.writeInt32BE(this.pick([-1, 0, 0x7fffffff, -0x80000000, 0xffff]), at);
    }
    return made;
  }
}
