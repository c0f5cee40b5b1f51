import { createHash } from 'node:crypto';
import type { Qos } from '../../../event.js';
import { filterMatches } from '../../topic-filter.js';
import { TopicTrie } from '../../topic-trie.js';
import type { Route } from './route.js';

/** 21 bits: mqtt-packet 9.0 writes longer identifiers wrongly. Filters that share one are told apart by topic. */
const IDENTIFIER_SHIFT = 11;

/** A filter the broker is asked for, and the subscriptions of the flow that share it. */
export interface FilterEntry {
  readonly filter: string;
  /** MQTT 5 subscription identifier: made of the filter, so that it means the same after a restart. */
  readonly id: number;
  qos: Qos;
  /** The broker has granted it in the present session. */
  granted: boolean;
  /** Its `subscribe` has returned, so that a refusal from now on is told and not thrown. */
  registered: boolean;
  readonly routes: Set<Route>;
  /** Subscribers that have left, by identity, and until when each is expected back, by the clock that does not jump. */
  readonly left: Map<string | undefined, number>;
}

/** Our own list of filters (mqtt.js forgets some of its list when one is refused), with look-up by topic. */
export class FilterTable {
  readonly #entries = new Map<string, FilterEntry>();
  readonly #byTopic = new TopicTrie<FilterEntry>();

  get all(): FilterEntry[] {
    return [...this.#entries.values()];
  }

  find(filter: string): FilterEntry | undefined {
    return this.#entries.get(filter);
  }

  add(filter: string, qos: Qos): FilterEntry {
    const entry = {
      filter,
      id: identifierOf(filter),
      qos,
      granted: false,
      registered: false,
      routes: new Set<Route>(),
      left: new Map<string | undefined, number>(),
    };
    this.#entries.set(filter, entry);
    this.#byTopic.add(withoutShare(filter), entry);
    return entry;
  }

  remove(entry: FilterEntry): void {
    this.#entries.delete(entry.filter);
    this.#byTopic.remove(withoutShare(entry.filter), entry);
  }

  /** Whom a message is for: those the broker names, or else all whose filter selects the topic. */
  select(topic: string, subscriptionIds: readonly number[]): readonly FilterEntry[] {
    const entries = this.#byTopic.match(topic);
    if (subscriptionIds.length === 0) return entries;
    return entries.filter((entry) => subscriptionIds.includes(entry.id));
  }
}

/** Whether a message that waits unclaimed is for a filter. */
export function isFor(filter: string, topic: string, subscriptionIds: readonly number[]): boolean {
  if (!filterMatches(filter, topic)) return false;
  return subscriptionIds.length === 0 || subscriptionIds.includes(identifierOf(filter));
}

export function identifierOf(filter: string): number {
  return Math.max(1, createHash('sha256').update(filter).digest().readUInt32BE(0) >>> IDENTIFIER_SHIFT);
}

function withoutShare(filter: string): string {
  return filter.replace(/^\$share\/[^/]+\//, '');
}
