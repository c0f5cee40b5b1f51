import type { JsonObject } from '../../event.js';
import type { AuditAction, AuditEntry, AuditLog } from '../state-stores.js';
import type { Database, Statement } from './database.js';

/** The audit log over `gridwire_audit`. */
export class AuditTable implements AuditLog {
  constructor(private readonly database: Database) {}

  async add(entry: AuditEntry): Promise<void> {
    await this.database.write([auditStatement(entry)]);
  }

  async list(before: number, limit: number): Promise<AuditEntry[]> {
    const rows = await this.database.read({
      sql: `SELECT at, actor, action, details FROM gridwire_audit WHERE at < ? ORDER BY at DESC, id DESC LIMIT ?`,
      parameters: [before, limit],
    });
    return rows.map((row) => ({
      at: Number(row.at),
      actor: String(row.actor),
      action: String(row.action) as AuditAction,
      details: JSON.parse(String(row.details)) as JsonObject,
    }));
  }
}

export function auditStatement(entry: AuditEntry): Statement {
  return {
    sql: `INSERT INTO gridwire_audit (at, actor, action, details) VALUES (?, ?, ?, ?)`,
    parameters: [entry.at, entry.actor, entry.action, JSON.stringify(entry.details)],
  };
}
