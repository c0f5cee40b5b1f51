/** Who works on a share of something that several processes share. */
export interface Lease {
  /** What is shared out: a share, by its name. */
  name: string;
  /** The last holder. */
  member: string;
  /** Whether the holder's time runs on. */
  live: boolean;
  /** Whether the share has ever been set up completely; see `ready`. */
  ready: boolean;
}

export interface LeaseView {
  /** Members whose time runs on, sorted. */
  members: string[];
  /** Every name ever taken in this scope and not forgotten, sorted. */
  leases: Lease[];
}

/**
 * Leases between processes that share a database. Every comparison of times is made by the database with its own
 * clock, so the processes' clocks do not matter. Durations are milliseconds.
 */
export interface LeaseStore {
  /** Says that a member lives, prolongs what it holds, and tells how things stand. */
  renew(scope: string, member: string, duration: number): Promise<LeaseView>;
  /** Takes a lease that nobody holds. @returns false if somebody does */
  take(scope: string, name: string, member: string, duration: number): Promise<boolean>;
  /** Notes for good that what the name stands for has been set up. */
  ready(scope: string, name: string): Promise<void>;
  /** Gives a lease back; does nothing to another member's. */
  release(scope: string, name: string, member: string): Promise<void>;
  /** Gives a lease back and strikes its name from the list. */
  forget(scope: string, name: string, member: string): Promise<void>;
  /** Gives back everything that a member holds, and its membership. */
  leave(scope: string, member: string): Promise<void>;
}
