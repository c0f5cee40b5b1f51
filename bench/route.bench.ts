import type * as Filters from '../src/brokers/topic-filter.js';
import type * as Trie from '../src/brokers/topic-trie.js';
import { built } from './built.js';
import type { Bench } from './harness.js';

const { filterMatches } = built<typeof Filters>('src/brokers/topic-filter.js');
const { TopicTrie } = built<typeof Trie>('src/brokers/topic-trie.js');
/** More topics than the trie remembers answers for. */
const TOPICS = 40_000;
const FEW = 1_000;
const MANY = 100_000;

/** Filters as sites have them: what a device sends, all that a site sends, a kind of message of all. */
function filters(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    if (index % 100 === 0) return `sites/${index}/#`;
    if (index % 100 === 1) return `sites/+/devices/d${index}/telemetry`;
    return `sites/${index % 500}/devices/d${index}/+`;
  });
}

/** What devices send that have a filter of their own, so that each topic reaches somebody, whatever their number. */
function topics(devices: number): string[] {
  return Array.from({ length: TOPICS }, (_, index) => {
    const device = (index * 7_919) % devices;
    return `sites/${device % 500}/devices/d${device}/kind${Math.floor(index / FEW)}`;
  });
}

function trieOf(count: number): Trie.TopicTrie<number> {
  const trie = new TopicTrie<number>();
  for (const [index, filter] of filters(count).entries()) trie.add(filter, index);
  return trie;
}

/** Topics a second of processor time, which a busy machine does not bend. @param times how many of the topics are asked for */
function rate(asked: readonly string[], times: number, match: (topic: string) => unknown): Promise<number> {
  const begin = process.cpuUsage();
  for (let index = 0; index < times; index += 1) match(asked[index % TOPICS]!);
  const { user, system } = process.cpuUsage(begin);
  return Promise.resolve((1e6 * times) / (user + system));
}

const [few, many] = [trieOf(FEW), trieOf(MANY)];
const [ofFew, ofMany] = [topics(FEW), topics(MANY)];
const fewFilters = filters(FEW);
/** What a processor's cache leaves possible at all: one look-up of the device's name, without levels and wildcards. */
const names = new Map(filters(MANY).map((filter, index) => [nameIn(filter), index]));

function nameIn(topic: string): string {
  return topic.slice(0, topic.lastIndexOf('/'));
}

/** As Node-RED's mqtt in does it: an expression made anew for each filter and topic. */
function coreMatches(filter: string, topic: string): boolean {
  const pattern = filter
    .replace(/([[\]?()\\$^*.|])/g, '\\$1')
    .replace(/\+/g, '[^/]+')
    .replace(/\/#$/, '(/.*)?');
  return new RegExp(`^${pattern}$`).test(topic);
}

const bench: Bench = {
  description: `Topics a second of processor time whose subscribers are found, ${TOPICS} topics in turn: our tree of filters against asking each filter.`,
  needs: [],
  software: () => [],
  comparisons: () => {
    const ours = {
      name: `tree of ${FEW} filters`,
      run: () => rate(ofFew, 200_000, (topic) => few.match(topic)),
    };
    return [
      {
        ...{ id: 'route/1000', unit: 'topics/s', target: 25, ours },
        peer: {
          name: `${FEW} filters one after the other`,
          run: () =>
            rate(ofFew, 1_000, (topic) => fewFilters.filter((filter) => filterMatches(filter, topic)).length),
        },
      },
      {
        ...{ id: 'route/core', unit: 'topics/s', target: 100, ours },
        peer: {
          name: `${FEW} filters as mqtt in compares them`,
          run: () =>
            rate(ofFew, 200, (topic) => fewFilters.filter((filter) => coreMatches(filter, topic)).length),
        },
      },
      {
        ...{ id: 'route/100000', unit: 'topics/s', target: 0.5, peer: ours },
        ours: {
          name: `tree of ${MANY} filters`,
          run: () => rate(ofMany, 200_000, (topic) => many.match(topic)),
        },
      },
      {
        ...{ id: 'route/map', unit: 'topics/s', target: 0.3 },
        ours: {
          name: `tree of ${MANY} filters`,
          run: () => rate(ofMany, 200_000, (topic) => many.match(topic)),
        },
        peer: {
          name: `one look-up among ${MANY} exact names`,
          run: () => rate(ofMany, 200_000, (topic) => names.get(nameIn(topic))),
        },
      },
    ];
  },
};

export default bench;
