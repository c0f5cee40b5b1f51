import type { Durability } from '../event-store.js';

/** The writer's name where the settings give none. */
export const DEFAULT_INSTANCE = 'gridwire';

export interface PostgresSettings {
  kind: 'postgres';
  host: string;
  /** Default 5432. */
  port?: number;
  database: string;
  user: string;
  password?: string;
  /** TLS options for the connection, or `true` for the defaults. */
  tls?: boolean | { ca?: string; cert?: string; key?: string; rejectUnauthorized?: boolean };
  /** `power` insists on synchronous commit; `process` leaves it to the server's setting. Default `process`. */
  durability?: Durability;
  /** Longest wait for a connection or an answer, milliseconds; default 30,000. */
  timeout?: number;
  /**
   * Which writer this is. Two stores with the same name in one database refuse each other; give every Node-RED that
   * shares a database a name of its own. Default `gridwire`.
   */
  instance?: string;
}
