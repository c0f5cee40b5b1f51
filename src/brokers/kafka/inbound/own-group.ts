/** Groups of one filter that earlier versions can have numbered, for which it is looked. */
const NUMBERED = 5;

/** The consumer group of one subscription, and the groups that it may go on from. */
export interface OwnGroup {
  readonly name: string;
  /** What versions before 0.2 called the groups of this filter: they were numbered by the order of the calls. */
  readonly predecessors: readonly string[];
  /** How the groups begin that the same subscriber has, or had with other filters; undefined where it has no name. */
  readonly owner: string | undefined;
}

/**
 * A group of its own for each subscriber: it is named by what stays the same, so that it finds its place again whatever
 * other subscribers come and go.
 * @param identity the subscriber's own name; without one there is only the filter to go by
 */
export function ownGroup(clientId: string, filters: readonly string[], identity?: string): OwnGroup {
  const base = `${clientId}:${filters.join(',')}`;
  if (identity === undefined) return { name: base, predecessors: [], owner: undefined };
  const numbers = Array.from({ length: NUMBERED - 1 }, (_, index) => `${base}#${index + 2}`);
  const owner = `${clientId}:${identity}:`;
  return { name: `${owner}${filters.join(',')}`, predecessors: [base, ...numbers], owner };
}
