import type { Json, JsonObject } from '../event.js';

/** The newest known value of something: a device's status, a last reading. */
export interface LastValue {
  scope: string;
  key: string;
  value: Json;
  /** When it held, milliseconds since the epoch. */
  time: number;
}

/** Last values. Event time decides: a late or replayed event never overwrites a newer value. */
export interface LastValueStore {
  /** Keeps each value unless a newer or equally old one is there. @returns which were kept, in the order given */
  put(values: readonly LastValue[]): Promise<boolean[]>;
  get(scope: string, key: string): Promise<LastValue | undefined>;
  list(scope: string): Promise<LastValue[]>;
}

export type AuditAction =
  | 'replay'
  | 'recover'
  | 'republish'
  | 'edit'
  | 'discard'
  | 'send'
  | 'undiscard'
  | 'import'
  | 'erase'
  | 'retention'
  | 'backup'
  | 'restore'
  | 'quarantine';

export interface AuditEntry {
  at: number;
  /** Who: a user name, a node id, or `gridwire` for what happens by itself. */
  actor: string;
  action: AuditAction;
  details: JsonObject;
}

/** Who replayed, edited, discarded, erased. Entries are only ever added. */
export interface AuditLog {
  add(entry: AuditEntry): Promise<void>;
  /** Newest first, before the moment given. */
  list(before: number, limit: number): Promise<AuditEntry[]>;
}

/** Where a replay stands, so that it can go on after a crash. */
export interface ReplayCursor {
  name: string;
  /** Id of the last event whose republishing was acknowledged. */
  position: number;
  /** How many have been replayed, and how many there were when it began. */
  done: number;
  total: number;
  /** The settings of the replay, to see that it is the same one that goes on. */
  plan: JsonObject;
  updatedAt: number;
}

export interface ReplayCursorStore {
  get(name: string): Promise<ReplayCursor | undefined>;
  put(cursor: ReplayCursor): Promise<void>;
  remove(name: string): Promise<void>;
}
