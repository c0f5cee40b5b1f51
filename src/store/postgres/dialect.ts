import { type BodyDescription, describeBody } from '../sql/body-description.js';
import type { Dialect } from '../sql/database.js';
import { portableJson } from '../sql/portable-json.js';

export const POSTGRES: Dialect = {
  mirrorTables: ['gridwire_mirror', 'events_mirror'],
  now: '(extract(epoch FROM clock_timestamp()) * 1000)::int8',
  containsBytes: (column) => `position(?::bytea IN ${column}) > 0`,
  containsText: (column) => `strpos(${column}, ?) > 0`,
  matches: (column) => `${column} ~ ?`,
  moment: () => `to_timestamp(?::float8 / 1000)`,
  mirrorColumns: (body) => {
    const description = describeBody(body);
    const { kind = null, traceId = null } = description;
    return { document: mirrorDocument(description), kind, traceId };
  },
  oneOf: (column, values) => ({
    sql:
      typeof values[0] === 'number'
        ? `${column} IN (SELECT jsonb_array_elements_text(?::jsonb)::int8)`
        : `${column} IN (SELECT jsonb_array_elements_text(?::jsonb))`,
    parameters: [JSON.stringify(values)],
  }),
};

/** The shared code's `?` as PostgreSQL's numbered parameters. */
export function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/\?/g, () => `$${++count}`);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** JSON that JSONB refuses: escapes it may not take, exponents beyond its numbers. */
const SUSPICIOUS = /\\u|\d[eE][+-]?\d{3,}/;

/**
 * What goes into TaylorDash's `events_mirror.payload`. Its `trace_id` column is computed from it and refuses what is no
 * UUID, and JSONB refuses some JSON. No event may be lost over that: the column then gets the nearest document it
 * takes, and the exact bytes are in `gridwire_mirror` in any case.
 */
function mirrorDocument({ json }: BodyDescription): string {
  if (!json) return '{"gridwire_note":"not a JSON object; its bytes are in gridwire_mirror"}';
  const { text, document } = json;
  const traceId = document.trace_id ?? null;
  if (traceId === null || (typeof traceId === 'string' && UUID.test(traceId))) {
    return SUSPICIOUS.test(text) ? portableJson(document) : text;
  }
  const { trace_id: original, ...rest } = document;
  return portableJson({ ...rest, gridwire_trace_id: original });
}
