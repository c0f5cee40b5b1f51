import { filterMatches } from '../src/brokers/topic-filter.js';
import { TopicTrie } from '../src/brokers/topic-trie.js';
import type { Bench } from './harness.js';

/** More topics than the trie remembers answers for. */
const TOPICS = 40_000;
const FEW = 1_000;
const MANY = 100_000;

/** Filters as sites have them: a device each, all devices of a site, a kind of message of all. */
function filters(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    if (index % 100 === 0) return `sites/${index}/#`;
    if (index % 100 === 1) return `sites/+/devices/d${index}/telemetry`;
    return `sites/${index % 500}/devices/d${index}/telemetry`;
  });
}

const topics = Array.from(
  { length: TOPICS },
  (_, index) => `sites/${index % 500}/devices/d${index}/telemetry`,
);

function trieOf(count: number): TopicTrie<number> {
  const trie = new TopicTrie<number>();
  for (const [index, filter] of filters(count).entries()) trie.add(filter, index);
  return trie;
}

/** Topics a second. @param times how many of the topics are asked for */
function rate(times: number, match: (topic: string) => unknown): Promise<number> {
  const begin = performance.now();
  for (let index = 0; index < times; index += 1) match(topics[index % TOPICS]!);
  return Promise.resolve((1000 * times) / (performance.now() - begin));
}

const [few, many] = [trieOf(FEW), trieOf(MANY)];
const fewFilters = filters(FEW);

/** As Node-RED's mqtt in does it: an expression made anew for each filter and topic. */
function coreMatches(filter: string, topic: string): boolean {
  const pattern = filter
    .replace(/([[\]?()\\$^*.|])/g, '\\$1')
    .replace(/\+/g, '[^/]+')
    .replace(/\/#$/, '(/.*)?');
  return new RegExp(`^${pattern}$`).test(topic);
}

const bench: Bench = {
  description: `Topics a second whose subscribers are found, ${TOPICS} topics in turn: our tree of filters against asking each filter.`,
  needs: [],
  software: () => [],
  comparisons: () => {
    const ours = { name: `tree of ${FEW} filters`, run: () => rate(200_000, (topic) => few.match(topic)) };
    return [
      {
        ...{ id: 'route/1000', unit: 'topics/s', target: 25, ours },
        peer: {
          name: `${FEW} filters one after the other`,
          run: () =>
            rate(1_000, (topic) => fewFilters.filter((filter) => filterMatches(filter, topic)).length),
        },
      },
      {
        ...{ id: 'route/core', unit: 'topics/s', target: 100, ours },
        peer: {
          name: `${FEW} filters as mqtt in compares them`,
          run: () => rate(200, (topic) => fewFilters.filter((filter) => coreMatches(filter, topic)).length),
        },
      },
      {
        ...{ id: 'route/100000', unit: 'topics/s', target: 0.5, peer: ours },
        ours: { name: `tree of ${MANY} filters`, run: () => rate(200_000, (topic) => many.match(topic)) },
      },
    ];
  },
};

export default bench;
