import type { Standing } from '../facts/standings.js';
import type { Condition } from './condition.js';
import { STARTS_WITHIN } from './conditions.js';
import { Names } from './names.js';

/** What a condition is and what it is about. */
export type ConditionKey = Pick<Condition, 'name' | 'subject'>;

/**
 * Conditions that may be there or not: what they are about has only begun, and nobody knows yet. An alarm of one, told
 * before a deploy, is neither over nor news.
 */
export function undecided(standings: readonly Standing[]): ConditionKey[] {
  const names = new Names(standings);
  return standings.flatMap((standing): ConditionKey[] => {
    if (standing.of === 'broker') {
      if (standing.connected || !isStarting(standing.connecting)) return [];
      return [{ name: 'broker-away', subject: names.placeOf(standing.place).node }];
    }
    if (standing.of === 'store') {
      if (standing.open || !isStarting(standing.opening)) return [];
      return [{ name: 'store-away', subject: names.of(standing.name, standing.id) }];
    }
    if (standing.of !== 'subscription' || standing.stands || standing.refused !== undefined) return [];
    const { node, broker = '' } = names.placeOf(standing.place);
    return [{ name: 'subscribe-refused', subject: `${node} to ${broker}` }];
  });
}

/** @param seconds that it has been starting; undefined where it is not */
function isStarting(seconds: number | undefined): boolean {
  return seconds !== undefined && seconds < STARTS_WITHIN;
}
