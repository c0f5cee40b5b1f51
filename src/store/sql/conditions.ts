import type { SqlValue } from './database.js';

/** Collects the conditions of a WHERE clause with their parameters, so that no value ever enters the text. */
export class Conditions {
  private readonly parts: string[] = [];
  readonly parameters: SqlValue[] = [];

  /** @param sql a condition with one `?` for each parameter */
  and(sql: string, ...parameters: SqlValue[]): this {
    this.parts.push(sql);
    this.parameters.push(...parameters);
    return this;
  }

  get where(): string {
    return this.parts.length === 0 ? '' : `WHERE ${this.parts.join(' AND ')}`;
  }
}
