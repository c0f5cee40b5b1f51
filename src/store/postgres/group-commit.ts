import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { isBulk, type Operation, type OperationResult, type Row } from '../sql/database.js';
import { bulkStatement } from './bulk.js';
import { numbered } from './dialect.js';
import { CommitUnknown, sessionSurvives } from './session-errors.js';

const RETRY_INTERVAL = 200;

/**
 * Commits units together in one transaction.
 * @returns the results of each unit
 * @throws CommitUnknown, or the driver's error when nothing was committed
 */
export async function commitUnits(
  client: Client,
  units: readonly (readonly Operation[])[],
): Promise<OperationResult[][]> {
  // The transaction's number is asked for beforehand, to find out later what became of it.
  const begun = (await client.query(`BEGIN; SELECT pg_current_xact_id()::text AS id`)) as unknown as {
    rows: { id: string }[];
  }[];
  const results = await applyUnits(client, units);
  try {
    await client.query('COMMIT');
  } catch (error) {
    // An answer is an answer: a constraint may be checked at the end only.
    if (sessionSurvives(error)) throw error;
    throw new CommitUnknown(begun[1]?.rows[0]?.id ?? '', results, error);
  }
  return results;
}

/**
 * Finds out what became of a commit without an answer.
 * @param connect gives a connection, as often as it is asked
 * @returns whether it was committed; undefined when the database did not come back in time
 */
export async function outcomeOf(
  transaction: string,
  connect: () => Promise<Client>,
  patience: number,
): Promise<boolean | undefined> {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    try {
      const client = await connect();
      const { rows } = await client.query<{ status: string | null }>(
        `SELECT pg_xact_status($1::text::xid8) AS status`,
        [transaction],
      );
      const status = rows[0]?.status;
      if (status === 'committed') return true;
      if (status === 'aborted') return false;
    } catch {
      // The database is still away: that is what the loop waits for.
    }
    await delay(RETRY_INTERVAL);
  }
  return undefined;
}

/** Runs the operations, those of neighbouring units that fill the same table as one statement. */
async function applyUnits(
  client: Client,
  units: readonly (readonly Operation[])[],
): Promise<OperationResult[][]> {
  const results: OperationResult[][] = [];
  for (let index = 0; index < units.length;) {
    const together = neighbours(units, index);
    results.push(...(await applyTogether(client, together)));
    index += together.length;
  }
  return results;
}

/** The units from an index on that are one bulk insert each, into the same table; or the one unit alone. */
function neighbours(units: readonly (readonly Operation[])[], from: number): (readonly Operation[])[] {
  const table = soleTable(units[from]);
  let to = from + 1;
  if (table !== undefined) while (to < units.length && soleTable(units[to]) === table) to += 1;
  return units.slice(from, to);
}

function soleTable(unit: readonly Operation[] | undefined): string | undefined {
  const [operation, second] = unit ?? [];
  return operation && !second && isBulk(operation) ? operation.table : undefined;
}

async function applyTogether(
  client: Client,
  units: readonly (readonly Operation[])[],
): Promise<OperationResult[][]> {
  const inserts = units.map(([operation]) => operation).filter((operation) => operation !== undefined);
  if (units.length === 1 || !inserts.every(isBulk)) {
    const results: OperationResult[] = [];
    for (const operation of units[0] ?? []) results.push(await apply(client, operation));
    return [results];
  }
  const table = inserts[0]?.table ?? 'mirror';
  const { rows } = await apply(client, { table, rows: inserts.flatMap((insert) => insert.rows) });
  let taken = 0;
  return inserts.map((insert) => {
    const own = rows.slice(taken, taken + insert.rows.length);
    taken += insert.rows.length;
    return [{ rows: own, changes: insert.rows.length }];
  });
}

async function apply(client: Client, operation: Operation): Promise<OperationResult> {
  const { rows, rowCount } = isBulk(operation)
    ? await client.query<Row>(bulkStatement(operation))
    : await client.query<Row>(numbered(operation.sql), [...operation.parameters]);
  return { rows, changes: rowCount ?? 0 };
}
