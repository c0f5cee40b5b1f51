import { describeBody } from '../sql/body-description.js';
import type { Dialect } from '../sql/database.js';
import { portableJson } from '../sql/portable-json.js';
import { documentForTaylorDash } from './jsonb-document.js';

export const POSTGRES: Dialect = {
  mirrorTables: ['gridwire_mirror', 'events_mirror'],
  letterColumns: 'id, left(topic, 255), reason, record::jsonb, to_timestamp(failed_at / 1000.0)',
  now: '(extract(epoch FROM clock_timestamp()) * 1000)::int8',
  containsBytes: (column) => `position(?::bytea IN ${column}) > 0`,
  containsText: (column) => `strpos(${column}, ?) > 0`,
  matches: (column) => `${column} ~ ?`,
  moment: () => `to_timestamp(?::float8 / 1000)`,
  mirrorColumns: (body) => {
    const description = describeBody(body);
    const { kind = null, traceId = null } = description;
    const document = documentForTaylorDash(description);
    // What the body says already is not sent twice.
    return { document: document === description.json?.text ? null : document, kind, traceId };
  },
  oneOf: (column, values) => {
    // An empty list does not say of which kind its values are.
    if (values.length === 0) return { sql: 'FALSE', parameters: [] };
    const cast = typeof values[0] === 'number' ? '::int8' : '';
    return {
      sql: `${column} IN (SELECT jsonb_array_elements_text(?::jsonb)${cast})`,
      parameters: [portableJson(values)],
    };
  },
};

/** The shared code's `?` as PostgreSQL's numbered parameters. */
export function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/\?/g, () => `$${++count}`);
}
