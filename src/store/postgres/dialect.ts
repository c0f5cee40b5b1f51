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
    return { document: documentForTaylorDash(description), kind, traceId };
  },
  oneOf: (column, values) => ({
    sql:
      typeof values[0] === 'number'
        ? `${column} IN (SELECT jsonb_array_elements_text(?::jsonb)::int8)`
        : `${column} IN (SELECT jsonb_array_elements_text(?::jsonb))`,
    parameters: [portableJson(values)],
  }),
};

/** The shared code's `?` as PostgreSQL's numbered parameters. */
export function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/\?/g, () => `$${++count}`);
}
