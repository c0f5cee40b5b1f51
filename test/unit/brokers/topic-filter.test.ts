import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  assertFilter,
  assertTopic,
  filterCovers,
  filterMatches,
  filtersOverlap,
} from '../../../src/brokers/topic-filter.js';
import { TopicTrie } from '../../../src/brokers/topic-trie.js';
import { GridwireError } from '../../../src/errors.js';

const level = fc.constantFrom('a', 'b', 'c', '', '$x', 'ü');
const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.constantFrom('', '#', 'a', '+'))
  .map(([levels, last]) => [...levels, last].join('/'));

/** The rules of MQTT 4.7 written as a regular expression, independent of the code under test. */
function byTheBook(pattern: string, name: string): boolean {
  if (name.startsWith('$') && /^[+#]/.test(pattern)) return false;
  const expression = pattern
    .split('/')
    .map((part) => (part === '+' ? '[^/]*' : part === '#' ? '.*' : part.replace(/[$]/g, '\\$&')))
    .join('/')
    .replace(/\/\.\*$/, '(/.*)?');
  return new RegExp(`^${expression}$`, 'u').test(name);
}

describe('topic filter', () => {
  it('selects what MQTT says', () => {
    const cases: [string, string, boolean][] = [
      ['a/#', 'a', true],
      ['a/#', 'a/b/c', true],
      ['a/+', 'a', false],
      ['a/+', 'a/', true],
      ['+', '/a', false],
      ['+/+', '/a', true],
      ['#', '$SYS/x', false],
      ['+/x', '$SYS/x', false],
      ['$SYS/#', '$SYS/x', true],
      ['$share/g/a/+', 'a/b', true],
    ];
    for (const [pattern, name, expected] of cases) {
      assert.equal(filterMatches(pattern, name), expected, `${pattern} on ${name}`);
    }
  });

  it('agrees with the rules for any filter and topic', () => {
    fc.assert(
      fc.property(
        filter,
        topic,
        (pattern, name) => filterMatches(pattern, name) === byTheBook(pattern, name),
      ),
    );
  });

  it('agrees with the trie, before and after removals', () => {
    fc.assert(
      fc.property(
        fc.array(filter, { maxLength: 12 }),
        fc.array(topic, { maxLength: 8 }),
        fc.nat(11),
        (filters, topics, keep) => {
          const trie = new TopicTrie<number>();
          filters.forEach((pattern, index) => trie.add(pattern, index));
          const check = (from: number) => {
            for (const name of topics) {
              const expected = filters.flatMap((pattern, index) =>
                index >= from && filterMatches(pattern, name) ? [index] : [],
              );
              assert.deepEqual(
                [...trie.match(name)].sort((a, b) => a - b),
                expected,
              );
            }
          };
          check(0);
          filters.forEach((pattern, index) => index < keep && trie.remove(pattern, index));
          check(keep);
        },
      ),
    );
  });

  it('agrees with the trie whatever comes and goes, also the same again and what never came', () => {
    const step = fc.record({ filter, value: fc.nat(2), isAdded: fc.boolean() });
    const steps = fc.array(fc.tuple(step, topic), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const trie = new TopicTrie<number>();
        const values = new Map<string, Set<number>>();
        for (const [{ filter: pattern, value, isAdded }, name] of all) {
          const known = values.get(pattern) ?? new Set();
          values.set(pattern, known);
          if (isAdded) {
            trie.add(pattern, value);
            known.add(value);
          } else {
            trie.remove(pattern, value);
            known.delete(value);
          }
          const expected = [...values].flatMap(([each, those]) =>
            filterMatches(each, name) ? [...those] : [],
          );
          assert.deepEqual(trie.match(name).toSorted(), expected.toSorted());
        }
      }),
    );
  });

  it('finds the same for more topics than are remembered, also when a filter comes or goes between', () => {
    const trie = new TopicTrie<string>();
    trie.add('sites/+/a', 'all');
    trie.add('sites/7/#', 'seven');
    const ask = (): string[] => {
      for (let site = 0; site < 25_000; site += 1) trie.match(`sites/${site}/a`);
      return [...trie.match('sites/7/a'), ...trie.match('sites/8/a')].toSorted();
    };
    assert.deepEqual(ask(), ['all', 'all', 'seven']);
    assert.deepEqual(ask(), ['all', 'all', 'seven']);
    trie.remove('sites/+/a', 'all');
    trie.add('sites/8/+', 'eight');
    assert.deepEqual(ask(), ['eight', 'seven']);
    assert.deepEqual(trie.match('sites/7/a'), ['seven']);
  });

  it('refuses what is not a filter or a topic, with a code', () => {
    const refused = (check: () => void, code: string) =>
      assert.throws(check, (error) => error instanceof GridwireError && error.code === code);
    for (const bad of [
      '',
      'a/#/b',
      'a#',
      '#/',
      'a/b+',
      '+a',
      '$share/g',
      '$share//a',
      'a\u0000',
      'x'.repeat(65_536),
    ]) {
      refused(() => assertFilter(bad), 'FILTER_ILLEGAL');
    }
    for (const bad of ['', 'a/+', '#', 'a\nb', '\ud800', 'ä'.repeat(32_768)]) {
      refused(() => assertTopic(bad), 'TOPIC_ILLEGAL');
    }
  });

  it('overlaps another when a topic is selected by both, and covers one whose topics it all selects', () => {
    fc.assert(
      fc.property(filter, filter, topic, (one, other, name) => {
        const [byOne, byOther] = [filterMatches(one, name), filterMatches(other, name)];
        if (name.startsWith('$')) return;
        if (byOne && byOther) assert.ok(filtersOverlap(one, other), `${one} and ${other} on ${name}`);
        if (filterCovers(one, other) && byOther) assert.ok(byOne, `${one} covers ${other} on ${name}`);
        assert.equal(filtersOverlap(one, other), filtersOverlap(other, one));
      }),
    );
    for (const [one, other] of [
      ['a/#', 'b/#'],
      ['a/+', 'a/+/b'],
      ['+/1', '+/2'],
    ] as const)
      assert.equal(filtersOverlap(one, other), false, `${one} and ${other}`);
    assert.equal(filterCovers('a/#', 'a/+/b'), true);
    assert.equal(filterCovers('a/#', 'a'), true);
    assert.equal(filterCovers('a/+', 'a/#'), false);
    assert.equal(filterCovers('a/b', 'a/+'), false);
  });

  it('takes every filter and topic that is valid', () => {
    fc.assert(
      fc.property(filter, topic, (pattern, name) => {
        if (pattern !== '') assertFilter(pattern);
        if (name !== '') assertTopic(name);
      }),
    );
  });
});
