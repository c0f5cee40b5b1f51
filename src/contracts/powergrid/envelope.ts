import type { EnvelopeData } from '../contract-data.js';

/** Message Structure. `timestamp` is the time of the simulation (a step number in practice), not of a clock. */
export const envelope: EnvelopeData = {
  schema: {
    type: 'object',
    required: ['env_id', 'sender_id', 'recipient_id', 'timestamp', 'message_type', 'payload'],
    additionalProperties: false,
    properties: {
      env_id: {
        description: 'The environment: simulations side by side never mix.',
        type: 'string',
        minLength: 1,
      },
      sender_id: { type: 'string', minLength: 1, maxLength: 256 },
      recipient_id: {
        description: 'An agent, or `broadcast`.',
        type: 'string',
        minLength: 1,
        maxLength: 256,
      },
      timestamp: {
        description: 'Time of the simulation; a step number is usual.',
        type: 'number',
        minimum: 0,
      },
      message_type: { enum: ['action', 'info', 'broadcast', 'state_update', 'power_flow_result'] },
      payload: { type: 'object' },
    },
  },
  payloadMember: 'payload',
  typeMember: 'message_type',
  members: {
    env_id: { template: '{parameter.env}' },
    sender_id: { otherwise: 'environment' },
    recipient_id: { otherwise: 'broadcast' },
    timestamp: {},
    message_type: { template: '{wireName}' },
    payload: {},
  },
};
