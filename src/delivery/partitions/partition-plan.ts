import type { Lease } from '../../store/lease-store.js';

export interface Plan {
  /** Names to take, as far as they are still free. */
  take: string[];
  /** Names to hand over. */
  give: string[];
}

/**
 * What a member has to do for the partitions to be spread evenly. Every member that sees the same plans the same, so they
 * need not talk to each other.
 * @param names the partitions, in an order that all agree on
 * @param members those among whom they are spread, sorted
 */
export function planFor(
  me: string,
  names: readonly string[],
  members: readonly string[],
  leases: readonly Lease[],
): Plan {
  const held = new Map(leases.filter(({ live }) => live).map(({ name, member }) => [name, member]));
  const load = (member: string): number => names.filter((name) => held.get(name) === member).length;
  // Who has most keeps one more where they cannot all have the same: everything else would move what need not move.
  const ranked = [...members].sort((a, b) => load(b) - load(a));
  const place = ranked.indexOf(me);
  if (place < 0) return { take: [], give: [] };
  const even = Math.floor(names.length / members.length);
  const quota = even + (place < names.length % members.length ? 1 : 0);
  const mine = names.filter((name) => held.get(name) === me);
  const free = names.filter((name) => !held.has(name));
  // Each begins elsewhere in the list, so that two that look at the same moment do not want the same ones.
  const start = free.length === 0 ? 0 : (place * even) % free.length;
  const wanted = [...free.slice(start), ...free.slice(0, start)];
  return { take: wanted.slice(0, Math.max(0, quota - mine.length)), give: mine.slice(quota) };
}
