import type { JsonObject } from '../../event.js';
import type { EnvelopeData } from '../contract-data.js';

const textOrNull: JsonObject = { type: ['string', 'null'], maxLength: 256 };

const sourceSchema: JsonObject = {
  description: 'Which app computed the event.',
  type: 'object',
  required: ['app_key', 'app_version'],
  additionalProperties: false,
  properties: {
    app_key: { type: 'string', minLength: 1, maxLength: 256 },
    app_version: { type: 'string', minLength: 1, maxLength: 256 },
    module: textOrNull,
    instance_id: textOrNull,
  },
};

const addedTime: JsonObject = { type: 'string', format: 'timestamp' };

const envelopeSchema: JsonObject = {
  type: 'object',
  required: ['@context', '@type', 'id', 'source', 'timestamp', 'payload'],
  additionalProperties: false,
  properties: {
    '@context': { description: 'JSON-LD context.', type: ['string', 'object'] },
    '@type': { type: 'string', minLength: 1, maxLength: 256 },
    id: { type: 'string', minLength: 1, maxLength: 256 },
    source: sourceSchema,
    timestamp: { type: 'string', format: 'timestamp' },
    correlation_id: { type: 'string', minLength: 1, maxLength: 256 },
    payload: { type: 'object' },
    metadata: { type: 'object' },
    _timestamp: { description: 'Added by the running code, whatever the document says.', ...addedTime },
    _correlationId: { type: 'string', minLength: 1, maxLength: 256 },
  },
};

/** Base Event Structure: the members in the document's order. */
export const envelope: EnvelopeData = {
  schema: envelopeSchema,
  payloadMember: 'payload',
  typeMember: '@type',
  timePointer: '/timestamp',
  idPointer: '/id',
  correlationPointer: '/correlation_id',
  members: {
    '@context': { value: 'https://celine-project.eu/contexts/dt-event.jsonld' },
    '@type': { template: '{wireName}' },
    id: { template: '{uuid}' },
    source: {
      members: {
        app_key: { from: ['/app_key'], otherwise: 'system' },
        app_version: { value: 'unknown' },
        module: { otherwise: null },
        instance_id: { otherwise: null },
      },
    },
    timestamp: { template: '{now}' },
    correlation_id: {},
    payload: {},
    metadata: { otherwise: {} },
  },
};

/** What an EV charging app writes into `source` when the flow says nothing else. */
export function evChargingSource(app_key: string): Partial<EnvelopeData> {
  return {
    members: { source: { members: { app_key: { value: app_key }, module: { value: 'ev-charging' } } } },
  };
}
