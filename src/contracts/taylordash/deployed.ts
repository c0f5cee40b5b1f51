import type { DialectData, EventTypeData } from '../contract-data.js';

/**
 * What the running code does: times with `+00:00` and microseconds, QoS 1 for everything, and of the documented
 * validation only the presence of four members; a trace id that is no UUID fails at its database.
 */
export function deployed(types: Record<string, EventTypeData>): DialectData {
  return {
    title: 'as deployed',
    description:
      'Joins an installation that runs the TaylorDash code: QoS 1 throughout, four members required.',
    patch: {
      timeFormat: 'offset-microseconds',
      envelope: {
        checkPayload: false,
        schema: {
          required: ['trace_id', 'ts', 'kind', 'idempotency_key'],
          properties: { ts: { type: ['string', 'number'], format: null }, payload: { type: null } },
        },
      },
      types: Object.fromEntries(Object.keys(types).map((name) => [name, { qos: 1 }])),
    },
  };
}
