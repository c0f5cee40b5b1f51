import { createHash } from 'node:crypto';
import { assertFilter, filterCovers, filterMatches, filtersOverlap } from '../../brokers/topic-filter.js';
import { GridwireError } from '../../errors.js';

/** What one process at a time works on: the messages of some filters that belong to no other partition. */
export interface Partition {
  /** Says all of it, so that a partition of an earlier setting can be made from its name. */
  readonly name: string;
  readonly filters: readonly string[];
  /** Filters of the other partitions, for the one that takes the rest. */
  readonly except: readonly string[];
}

/** More than any set of processes needs, and few enough to have a session each. */
const MOST_PARTITIONS = 256;
const MOST_FILTERS = 256;

/**
 * Divides a source. No message may belong to two partitions, or it would be worked on twice and out of order.
 * @param lines a partition each, with its filters; none for a single partition
 * @param all the filter of the whole source
 * @param rest whether a further partition takes what no line names
 * @throws GridwireError `FILTER_ILLEGAL`, `SETTING_INVALID`
 */
export function partitionsOf(lines: readonly (readonly string[])[], all: string, rest: boolean): Partition[] {
  if (lines.length === 0) return [makePartition([all])];
  const filters = lines.flat();
  if (lines.length > MOST_PARTITIONS || filters.length > MOST_PARTITIONS * MOST_FILTERS)
    throw invalid(`there are ${lines.length} partitions with ${filters.length} filters; use fewer`);
  for (const filter of filters) {
    assertFilter(filter);
    if (filter.startsWith('$share/'))
      throw invalid(`${filter} is a shared subscription, which keeps no order; write the filter without it`);
    if (!filterCovers(all, filter)) throw invalid(`${filter} is not within ${all}`);
  }
  filters.forEach((filter, index) => {
    const other = filters.slice(0, index).find((earlier) => filtersOverlap(earlier, filter));
    if (other !== undefined) throw invalid(`${other} and ${filter} select the same topics`);
  });
  const named = lines.map((own) => makePartition(own));
  return rest ? [...named, makePartition([all], filters)] : named;
}

/** The partition that a name stands for; undefined for a name that was not made here. */
export function partitionOf(name: string): Partition | undefined {
  try {
    const [filters, except] = JSON.parse(name) as [string[], string[]];
    for (const filter of [...filters, ...except]) assertFilter(filter);
    return { name, filters, except };
  } catch {
    return undefined;
  }
}

/** Whether a message on this topic, received by this partition's filters, is another partition's. */
export function isForeign(partition: Partition, topic: string): boolean {
  return partition.except.some((filter) => filterMatches(filter, topic));
}

export function takes(partition: Partition, topic: string): boolean {
  return partition.filters.some((filter) => filterMatches(filter, topic)) && !isForeign(partition, topic);
}

/** The name of the partition's session at the broker: the same in every process, and another as soon as the partition is. */
export function sessionName(group: string, partition: Partition): string {
  return `${group}-${digest(partition.name)}`;
}

/** Tells settings apart: members with different ones do not divide the same partitions. */
export function settingDigest(partitions: readonly Partition[]): string {
  return digest(JSON.stringify(partitions.map(({ name }) => name)));
}

function makePartition(filters: readonly string[], except: readonly string[] = []): Partition {
  const sorted = [[...filters].sort(), [...except].sort()];
  return { name: JSON.stringify(sorted), filters, except };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function invalid(reason: string): GridwireError {
  return new GridwireError('SETTING_INVALID', `The partitions cannot work: ${reason}.`);
}
