/**
 * Every bound for what comes from outside: from a device, a broker, a file, a flow, a request or a page. Whoever reads
 * such a thing takes its bound from here, so that there is one place to look a bound up and to change it.
 * `docs/security.md` lists them; a test holds the two together.
 */
export const BOUNDS = {
  /** Event times before this moment are refused: milliseconds since 1970, 2000-01-01T00:00:00Z. */
  earliestTime: Date.UTC(2000, 0, 1),
  /** Event times from this moment on are refused: milliseconds since 1970, 2070-01-01T00:00:00Z. */
  latestTime: Date.UTC(2070, 0, 1),
} as const;
