import type { EnvelopeData } from '../contract-data.js';

/**
 * Standard Event Format. The document's validation asks for four members, a UUID, an ISO 8601 time and a kind that is
 * not empty; its table also requires `payload`. It refuses no further members, and does not tie the kind to the topic.
 */
export const envelope: EnvelopeData = {
  schema: {
    type: 'object',
    required: ['trace_id', 'ts', 'kind', 'idempotency_key', 'payload'],
    properties: {
      trace_id: { description: 'Correlates what one request caused.', type: 'string', format: 'uuid' },
      ts: { type: 'string', format: 'timestamp' },
      kind: { type: 'string', minLength: 1, maxLength: 256 },
      idempotency_key: { description: 'Unique, for removing duplicates.', type: 'string', maxLength: 512 },
      payload: { type: 'object' },
    },
  },
  payloadMember: 'payload',
  timePointer: '/ts',
  idPointer: '/idempotency_key',
  correlationPointer: '/trace_id',
  members: {
    trace_id: { template: '{uuid}' },
    ts: { template: '{now}' },
    kind: { template: '{wireName}' },
    idempotency_key: { template: '{member.kind}_{epochMilliseconds}_{hex8}' },
    payload: {},
  },
};
