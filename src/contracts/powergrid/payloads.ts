import type { JsonObject } from '../../event.js';

const identifier: JsonObject = { type: 'string', minLength: 1, maxLength: 256 };

/** Actions by agent: `{ "MG1": …, "MG2": … }`. What an action looks like is the agent's own affair. */
export const actions: JsonObject = { type: 'object', minProperties: 1, maxProperties: 10_000 };

/** A device's state after a step. Storage power is positive when charging, as the running code has it. */
export const stateUpdate: JsonObject = {
  type: 'object',
  required: ['agent_id', 'P_MW', 'Q_MVAr'],
  properties: {
    agent_id: identifier,
    device_type: identifier,
    P_MW: { type: 'number', 'x-unit': 'MW', 'x-kind': 'gauge', 'x-sign': 'charging-positive' },
    Q_MVAr: { type: 'number', 'x-unit': 'MVAr', 'x-kind': 'gauge' },
    SOC: { description: 'State of charge.', type: 'number', minimum: 0, maximum: 1, 'x-kind': 'gauge' },
    in_service: { type: 'boolean' },
  },
};

export const networkState: JsonObject = {
  type: 'object',
  required: ['voltages', 'line_loading', 'converged'],
  properties: {
    voltages: {
      description: 'Voltage of each bus, per unit.',
      type: 'array',
      items: { type: ['number', 'null'] },
      'x-unit': '1',
      'x-kind': 'gauge',
    },
    line_loading: {
      description: 'Loading of each line.',
      type: 'array',
      items: { type: ['number', 'null'] },
      'x-unit': '%',
      'x-kind': 'gauge',
    },
    converged: { type: 'boolean' },
  },
};

/** Setpoints for one agent's devices, by device. */
export const deviceActions: JsonObject = { type: 'object', minProperties: 1, maxProperties: 10_000 };

/** Trades by agent. The document names only the channel; this is the trading protocol's signal. */
export const trades: JsonObject = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['trades'],
    properties: {
      trades: {
        type: 'array',
        items: {
          type: 'object',
          required: ['counterparty', 'quantity', 'price'],
          properties: {
            counterparty: identifier,
            quantity: { type: 'number', 'x-unit': 'MW', 'x-kind': 'gauge', 'x-sign': 'import-positive' },
            price: { type: 'number', 'x-unit': '$/MWh', 'x-kind': 'gauge' },
          },
        },
      },
    },
  },
};

export const anything: JsonObject = { type: 'object' };
