import type { JsonObject } from '../../event.js';
import type { DialectData, EventTypeData } from '../contract-data.js';

/** What PostgreSQL casts to UUID: hyphens after any four digits or none, either case, braces. */
const uuidLike = '^\\{?([0-9A-Fa-f]{4}-?){7}[0-9A-Fa-f]{4}\\}?$';

/** The processor looks at the number of levels of a topic only. */
const anyLevel: JsonObject = { kind: 'identifier' };

/**
 * What the running code does: times with `+00:00` and microseconds, QoS 1 for everything, and of the documented
 * validation only the presence of four members; a trace id that is neither null nor a UUID fails at its database.
 */
export function deployed(types: Record<string, EventTypeData>): DialectData {
  return {
    title: 'as deployed',
    description:
      'Joins an installation that runs the TaylorDash code: QoS 1 throughout, four members required, whatever is in them.',
    patch: {
      timeFormat: 'offset-microseconds',
      parameters: { domain: anyLevel, action: anyLevel, command: anyLevel, metric: anyLevel },
      envelope: {
        checkPayload: false,
        timeOptional: true,
        schema: {
          required: ['trace_id', 'ts', 'kind', 'idempotency_key'],
          properties: {
            trace_id: { type: ['string', 'null'], format: null, pattern: uuidLike },
            ts: null,
            kind: null,
            idempotency_key: null,
            payload: { type: null },
          },
        },
      },
      types: Object.fromEntries(Object.keys(types).map((name) => [name, { qos: 1 }])),
    },
  };
}
