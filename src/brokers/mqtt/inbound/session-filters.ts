/** Sessions remembered in this process; the oldest give way. */
const SESSIONS = 1_000;

const sessions = new Map<string, SessionFilters>();

/**
 * Who in this process subscribes to what in one session of a broker. The session keeps a subscription until it is told
 * otherwise, also over the objects that a deploy makes anew; so a filter that was changed has to be remembered here.
 */
export class SessionFilters {
  readonly #filters = new Map<string, string>();

  /** @returns the filter that this subscriber had before, if nobody of the session wants it any more */
  moved(identity: string, filter: string): string | undefined {
    const before = this.#filters.get(identity);
    this.#filters.set(identity, filter);
    const isWanted = before === undefined || [...this.#filters.values()].includes(before);
    return isWanted ? undefined : before;
  }

  gone(identity: string): void {
    this.#filters.delete(identity);
  }
}

/** @param place the broker's address and the client id */
export function sessionFilters(...place: readonly string[]): SessionFilters {
  const name = JSON.stringify(place);
  const session = sessions.get(name) ?? new SessionFilters();
  sessions.delete(name);
  sessions.set(name, session);
  if (sessions.size > SESSIONS) {
    const [oldest] = sessions.keys();
    if (oldest !== undefined) sessions.delete(oldest);
  }
  return session;
}
