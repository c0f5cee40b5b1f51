import type { Pool } from 'pg';
import { GridwireError } from '../../errors.js';
import type { Durability, StoreSize } from '../event-store.js';
import type { Operation, OperationResult, Row, Statement } from '../sql/database.js';
import type { SqlBackend } from '../sql/sql-store.js';
import { WriteQueue, type UnitOutcome } from '../sql/write-queue.js';
import { numbered, POSTGRES } from './dialect.js';
import { connectionOptions, type Driver } from './driver.js';
import { postgresError } from './errors.js';
import { commitUnits, outcomeOf } from './group-commit.js';
import { withoutDocuments } from './jsonb-document.js';
import { InstanceLease } from './instance-lease.js';
import { deadInstances, ownQueue, takeAbandoned } from './own-queue.js';
import { CommitUnknown, sessionSurvives } from './session-errors.js';
import { DEFAULT_INSTANCE, type PostgresSettings } from './settings.js';
import { storeSize } from './store-size.js';
import { WriterSession } from './writer-session.js';

const LIMITS = { pendingBytes: 64 * 1024 * 1024, rowsPerCommit: 500 };
const READERS = 3;

/** PostgreSQL: one session writes in groups, a small pool reads. */
export class PostgresDatabase implements SqlBackend {
  readonly kind = 'postgres';
  readonly dialect = POSTGRES;
  readonly durability: Durability;
  readonly queue = new WriteQueue((units) => this.commit(units), LIMITS, this.kind);
  readonly tenure: InstanceLease;
  private readonly writer: WriterSession;
  private readonly readers: Pool;
  /** Queues that were asked for. */
  private readonly asked = new Set<string>();
  /** Of the dead ones, those whose queues have been looked for since they died. */
  private searched: ReadonlySet<string> = new Set();

  constructor(
    driver: Driver,
    private readonly settings: PostgresSettings,
  ) {
    this.durability = settings.durability ?? 'process';
    this.writer = new WriterSession(driver, settings);
    this.tenure = new InstanceLease(settings.instance ?? DEFAULT_INSTANCE, (unit) => this.write(unit));
    this.readers = new driver.Pool({ ...connectionOptions(driver, settings), max: READERS });
    // An idle reader that is lost is replaced at the next read; unheard, its error would end the process.
    this.readers.on('error', () => undefined);
  }

  /** Connects, takes the lock and brings the schema up to date. */
  async open(): Promise<void> {
    await this.answered(this.writer.connect());
  }

  write(unit: readonly Operation[]): Promise<OperationResult[]> {
    return this.queue.push(unit);
  }

  async read(statement: Statement): Promise<Row[]> {
    const { rows } = await this.answered(
      this.readers.query<Row>(numbered(statement.sql), [...statement.parameters]),
    );
    return rows;
  }

  async ownQueue(queue: string): Promise<string> {
    const { instance = DEFAULT_INSTANCE } = this.settings;
    await this.tenure.held();
    this.asked.add(queue);
    await this.write(takeAbandoned(instance, queue));
    return ownQueue(instance, queue);
  }

  async inherit(): Promise<string[]> {
    const { instance = DEFAULT_INSTANCE } = this.settings;
    await this.tenure.held();
    const rows = await this.read(deadInstances(instance));
    const dead = new Set(rows.map(({ name, expires_at: end }) => `${String(name)} ${String(end)}`));
    if ([...dead].every((each) => this.searched.has(each))) return [];
    const inherited: string[] = [];
    for (const queue of this.asked) {
      const results = await this.write(takeAbandoned(instance, queue));
      if (results.slice(-2).some(({ changes }) => changes > 0)) inherited.push(queue);
    }
    this.searched = dead;
    return inherited;
  }

  localQueue(queue: string): string | undefined {
    const { instance = DEFAULT_INSTANCE } = this.settings;
    const prefix = ownQueue(instance, '');
    if (queue.startsWith(prefix)) return queue.slice(prefix.length);
    // An earlier version knew one queue for all instances.
    return queue.includes('/') ? undefined : queue;
  }

  size(): Promise<StoreSize> {
    return storeSize((statement) => this.read(statement));
  }

  /** PostgreSQL's own autovacuum makes the space of deleted rows usable again. */
  reclaim(): Promise<number> {
    return Promise.resolve(0);
  }

  async verify(): Promise<string[]> {
    const rows = await this.read({
      sql: `SELECT (SELECT count(*) FROM gridwire_mirror g WHERE NOT EXISTS
          (SELECT 1 FROM events_mirror m WHERE m.id = g.id))::int8 AS mirror,
        (SELECT count(*) FROM gridwire_dead_letters g WHERE g.failed_at IS NULL AND NOT EXISTS
          (SELECT 1 FROM dlq_events d WHERE d.id = g.id))::int8 AS letters`,
      parameters: [],
    });
    const problems: string[] = [];
    if (Number(rows[0]?.mirror) > 0)
      problems.push(`${Number(rows[0]?.mirror)} mirrored events have lost their row in events_mirror`);
    if (Number(rows[0]?.letters) > 0)
      problems.push(`${Number(rows[0]?.letters)} dead letters have lost their row in dlq_events`);
    return problems;
  }

  backup(): Promise<void> {
    return Promise.reject(useTools('back up', 'pg_dump'));
  }

  restore(): Promise<void> {
    return Promise.reject(useTools('restore', 'pg_restore'));
  }

  async close(): Promise<void> {
    await this.tenure.end();
    await this.writer.end();
    await this.readers.end();
  }

  private async commit(units: readonly (readonly Operation[])[]): Promise<UnitOutcome[]> {
    try {
      const results = await this.commitTogether(units);
      return results.map((own) => ({ results: own }));
    } catch (error) {
      const fault = postgresError(error, this.settings);
      const isAloneAndPassing = units.length === 1 && fault.fault === 'transient';
      if (isAloneAndPassing || !sessionSurvives(error)) throw fault;
    }
    // One of them was refused: each by itself, so that it does not take the others along.
    const outcomes: UnitOutcome[] = [];
    for (const unit of units) outcomes.push(await this.commitAlone(unit));
    return outcomes;
  }

  /** @param plain what to write instead where the unit is refused; undefined for what cannot be written otherwise */
  private async commitAlone(
    unit: readonly Operation[],
    plain = withoutDocuments(unit),
  ): Promise<UnitOutcome> {
    try {
      const [results] = await this.commitTogether([unit]);
      return { results: results ?? [] };
    } catch (error) {
      const fault = postgresError(error, this.settings);
      const isRefused = fault.fault === 'permanent' && plain !== undefined && plain !== unit;
      return isRefused ? this.commitAlone(plain, plain) : { error: fault };
    }
  }

  private async commitTogether(units: readonly (readonly Operation[])[]): Promise<OperationResult[][]> {
    const client = await this.writer.connect();
    try {
      return await commitUnits(client, units);
    } catch (error) {
      if (sessionSurvives(error)) {
        await client.query('ROLLBACK').catch(() => this.writer.drop());
        throw error;
      }
      this.writer.drop();
      if (!(error instanceof CommitUnknown)) throw error;
      return await this.resolveUnknown(error);
    }
  }

  private async resolveUnknown(unknown: CommitUnknown): Promise<OperationResult[][]> {
    const committed = await outcomeOf(
      unknown.transaction,
      () => this.writer.connect(),
      this.settings.timeout ?? 30_000,
    );
    if (committed === true) return unknown.results;
    throw committed === false ? unknown.cause : unknown;
  }

  private async answered<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      throw postgresError(error, this.settings);
    }
  }
}

function useTools(what: string, tool: string): GridwireError {
  return new GridwireError('NOT_SUPPORTED', `Gridwire does not ${what} a PostgreSQL database; use ${tool}.`);
}
