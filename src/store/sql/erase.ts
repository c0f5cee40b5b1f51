import { createHash } from 'node:crypto';
import { GridwireError } from '../../errors.js';
import type { EraseReceipt } from '../erase.js';
import { auditStatement } from './audit-table.js';
import { Conditions } from './conditions.js';
import type { JsonObject, WireMessage } from '../../event.js';
import type { Database, Row, Statement } from './database.js';
import { messageColumn } from './message-columns.js';

/** Where a subject can be named: a relation to search, its columns, and the tables to delete from. */
interface Place {
  name: string;
  relation: string;
  bytes: readonly string[];
  texts: readonly string[];
  /** Columns that identify a row, beside the order by which it is paged. */
  key: readonly string[];
  tables: readonly string[];
}

const PAGE = 500;

/** Far longer than any device, user or topic is named, and short enough to be looked for as a pattern. */
const MOST_CHARACTERS = 1_000;

/** Deletes all rows that name the subject, page by page, and writes the receipt into the audit log. */
export async function eraseSubject(
  database: Database,
  subject: string,
  actor: string,
  note: JsonObject = {},
): Promise<EraseReceipt> {
  assertSubject(subject);
  const deleted: Record<string, number> = {};
  for (const place of placesOf(database)) deleted[place.name] = await eraseFrom(database, place, subject);
  const receipt = {
    subjectDigest: createHash('sha256').update(subject).digest('hex'),
    at: Date.now(),
    actor,
    deleted,
  };
  await database.write([
    auditStatement({
      at: receipt.at,
      actor,
      action: 'erase',
      details: { ...note, subjectDigest: receipt.subjectDigest, deleted, outcome: outcomeOf(deleted) },
    }),
  ]);
  return receipt;
}

function outcomeOf(deleted: Record<string, number>): string {
  return `${Object.values(deleted).reduce((sum, count) => sum + count, 0)} rows erased`;
}

/**
 * Whether a message that is not in a store yet, or in memory beside it, names a subject as `eraseSubject` finds it.
 * @throws GridwireError `SETTING_INVALID` for a subject that it refuses too: by then its messages would be gone
 */
export function subjectTest(subject: string): (message: WireMessage) => boolean {
  assertSubject(subject);
  const word = wholeWord(subject);
  return (message) =>
    [message.topic, Buffer.from(message.body).toString(), messageColumn(message)].some((text) =>
      isNamedIn(text, word),
    );
}

/** What is too short names everything, and what is too long nothing. */
function assertSubject(subject: string): void {
  if (subject.trim().length >= 2 && subject.length <= MOST_CHARACTERS) return;
  throw new GridwireError(
    'SETTING_INVALID',
    `Name the subject to erase with at least two characters, and at most ${MOST_CHARACTERS}.`,
  );
}

function placesOf({ dialect }: Database): Place[] {
  const messages = { bytes: ['body'], texts: ['topic', 'message'] };
  return [
    {
      ...messages,
      name: 'mirror',
      relation: 'gridwire_mirror_events',
      key: ['id'],
      tables: dialect.mirrorTables,
    },
    {
      name: 'deadLetters',
      relation: 'gridwire_dead_letter_events',
      bytes: ['body'],
      texts: ['topic', 'message', 'record', 'reason', 'last_error'],
      key: ['id'],
      tables: ['gridwire_dead_letters', 'dlq_events'],
    },
    { ...messages, name: 'outbox', relation: 'gridwire_outbox', key: ['id'], tables: ['gridwire_outbox'] },
    {
      bytes: ['body'],
      texts: ['topic', 'message', 'id', 'reason'],
      name: 'parked',
      relation: 'gridwire_parked',
      key: ['queue', 'id'],
      tables: ['gridwire_parked'],
    },
    {
      name: 'lastValues',
      relation: 'gridwire_last_values',
      bytes: [],
      texts: ['id', 'value'],
      key: ['scope', 'id'],
      tables: ['gridwire_last_values'],
    },
    {
      name: 'deduplication',
      relation: 'gridwire_deduplication',
      bytes: [],
      texts: ['id'],
      key: ['scope', 'id'],
      tables: ['gridwire_deduplication'],
    },
  ];
}

/** The database finds rows that contain the subject's characters; whether they name it is decided here. */
async function eraseFrom(database: Database, place: Place, subject: string): Promise<number> {
  const word = wholeWord(subject);
  const order = place.key.join(', ');
  let deleted = 0;
  for (let last: Row | undefined; ;) {
    const conditions = candidates(database, place, subject);
    if (last) conditions.and(`(${order}) > (${place.key.map(() => '?').join(', ')})`, ...keyOf(place, last));
    const rows = await database.read({
      sql: `SELECT ${[...place.key, ...place.bytes, ...place.texts].join(', ')} FROM ${place.relation}
        ${conditions.where} ORDER BY ${order} LIMIT ${PAGE}`,
      parameters: conditions.parameters,
    });
    const named = rows.filter((row) => names(row, place, word));
    if (named.length > 0) await database.write(named.flatMap((row) => deletion(place, row)));
    deleted += named.length;
    last = rows.at(-1);
    if (rows.length < PAGE) return deleted;
  }
}

function candidates({ dialect }: Database, place: Place, subject: string): Conditions {
  const conditions = new Conditions();
  const any: string[] = [];
  const parameters: (string | Uint8Array)[] = [];
  for (const form of writtenForms(subject)) {
    for (const column of place.bytes) {
      any.push(dialect.containsBytes(column));
      parameters.push(Buffer.from(form));
    }
    for (const column of place.texts) {
      for (const text of [form, ...base64Forms(form)]) {
        any.push(dialect.containsText(column));
        parameters.push(text);
      }
    }
  }
  return conditions.and(`(${any.join(' OR ')})`, ...parameters);
}

/** How a subject can stand in a text: as it is, as JSON writes it, and as JSON that is kept to ASCII writes it. */
function writtenForms(subject: string): Set<string> {
  const json = JSON.stringify(subject).slice(1, -1);
  const ascii = json.replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return new Set([subject, json, ascii]);
}

/** How it can stand in base64, in which keys, headers and records keep bytes: what is the same whatever is around it. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((before) => {
    const bits = 8 * before;
    const all = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return all.slice(Math.ceil(bits / 6), Math.floor((bits + 8 * bytes.length) / 6));
  });
}

/** Whether a text names the subject, or bytes do that stand in it as base64. */
function isNamedIn(text: string, word: RegExp): boolean {
  if (word.test(text)) return true;
  for (const [, base64 = ''] of text.matchAll(/"([A-Za-z0-9+/]{2,}={0,2})"/g)) {
    if (base64.length % 4 === 0 && word.test(Buffer.from(base64, 'base64').toString())) return true;
  }
  return false;
}

/** The subject, not as part of a longer name. */
function wholeWord(subject: string): RegExp {
  const forms = [...writtenForms(subject)].map((form) => form.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${forms.join('|')})(?![\\p{L}\\p{N}_-])`, 'u');
}

function names(row: Row, place: Place, word: RegExp): boolean {
  return [...place.bytes, ...place.texts].some((column) => {
    const value = row[column];
    return value instanceof Uint8Array
      ? word.test(Buffer.from(value).toString())
      : typeof value === 'string' && isNamedIn(value, word);
  });
}

function deletion(place: Place, row: Row): Statement[] {
  const condition = place.key.map((column) => `${column} = ?`).join(' AND ');
  return place.tables.map((table) => ({
    sql: `DELETE FROM ${table} WHERE ${condition}`,
    parameters: keyOf(place, row),
  }));
}

function keyOf(place: Place, row: Row): (string | number)[] {
  return place.key.map((column) => row[column] as string | number);
}
