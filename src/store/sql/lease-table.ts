import type { LeaseStore, LeaseView } from '../lease-store.js';
import type { Database, Dialect, Statement } from './database.js';

/** Longer than any lease lasts, milliseconds. */
const NEVER_THAT_LONG = 60_000;

/**
 * Lets what ends later than any lease end one term from now. It was written before the database's clock was set back: a
 * member that lives prolongs it, and what a dead one had would else be nobody's for as long as the clock was set back.
 */
export function afterClockSetBack(
  table: 'gridwire_leases' | 'gridwire_lease_members',
  scope: string,
  term: number,
  { now }: Pick<Dialect, 'now'>,
): Statement {
  return {
    sql: `UPDATE ${table} SET expires_at = ${now} + ? WHERE scope = ? AND expires_at > ${now} + ?`,
    parameters: [term, scope, NEVER_THAT_LONG],
  };
}

/** Leases over `gridwire_leases` and `gridwire_lease_members`. An expired row is free to be taken over. */
export class LeaseTable implements LeaseStore {
  constructor(private readonly database: Database) {}

  async renew(scope: string, member: string, duration: number): Promise<LeaseView> {
    const { dialect } = this.database;
    const { now } = dialect;
    const [, , ...results] = await this.database.write([
      afterClockSetBack('gridwire_lease_members', scope, duration, dialect),
      afterClockSetBack('gridwire_leases', scope, duration, dialect),
      {
        sql: `INSERT INTO gridwire_lease_members (scope, member, expires_at) VALUES (?, ?, ${now} + ?)
          ON CONFLICT (scope, member) DO UPDATE SET expires_at = excluded.expires_at`,
        parameters: [scope, member, duration],
      },
      {
        sql: `UPDATE gridwire_leases SET expires_at = ${now} + ? WHERE scope = ? AND member = ? AND expires_at > 0`,
        parameters: [duration, scope, member],
      },
      {
        sql: `DELETE FROM gridwire_lease_members WHERE scope = ? AND expires_at <= ${now}`,
        parameters: [scope],
      },
      {
        sql: `SELECT member FROM gridwire_lease_members WHERE scope = ? ORDER BY member`,
        parameters: [scope],
      },
      {
        sql: `SELECT name, member, ready, CASE WHEN expires_at > ${now} THEN 1 ELSE 0 END AS live
          FROM gridwire_leases WHERE scope = ? ORDER BY name`,
        parameters: [scope],
      },
    ]);
    return {
      members: (results[3]?.rows ?? []).map((row) => String(row.member)),
      leases: (results[4]?.rows ?? []).map((row) => ({
        name: String(row.name),
        member: String(row.member),
        live: Number(row.live) === 1,
        ready: Number(row.ready) === 1,
      })),
    };
  }

  async take(scope: string, name: string, member: string, duration: number): Promise<boolean> {
    const { now } = this.database.dialect;
    const [result] = await this.database.write([
      {
        sql: `INSERT INTO gridwire_leases (scope, name, member, expires_at, ready) VALUES (?, ?, ?, ${now} + ?, 0)
          ON CONFLICT (scope, name) DO UPDATE SET member = excluded.member, expires_at = excluded.expires_at
          WHERE gridwire_leases.expires_at <= ${now}`,
        parameters: [scope, name, member, duration],
      },
    ]);
    return result?.changes === 1;
  }

  async ready(scope: string, name: string): Promise<void> {
    await this.database.write([
      {
        sql: `UPDATE gridwire_leases SET ready = 1 WHERE scope = ? AND name = ?`,
        parameters: [scope, name],
      },
    ]);
  }

  async release(scope: string, name: string, member: string): Promise<void> {
    await this.database.write([
      {
        sql: `UPDATE gridwire_leases SET expires_at = 0 WHERE scope = ? AND name = ? AND member = ?`,
        parameters: [scope, name, member],
      },
    ]);
  }

  async forget(scope: string, name: string, member: string): Promise<void> {
    await this.database.write([
      {
        sql: `DELETE FROM gridwire_leases WHERE scope = ? AND name = ? AND member = ?`,
        parameters: [scope, name, member],
      },
    ]);
  }

  async leave(scope: string, member: string): Promise<void> {
    await this.database.write([
      {
        sql: `UPDATE gridwire_leases SET expires_at = 0 WHERE scope = ? AND member = ?`,
        parameters: [scope, member],
      },
      {
        sql: `DELETE FROM gridwire_lease_members WHERE scope = ? AND member = ?`,
        parameters: [scope, member],
      },
    ]);
  }
}
