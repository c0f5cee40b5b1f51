import type { JsonObject } from '../../event.js';
import type { DialectData } from '../contract-data.js';
import { anything } from './payloads.js';

const addressed = {
  sender_id: { template: '{parameter.upstream}' },
  recipient_id: { template: '{parameter.node}' },
};

const types: JsonObject = {
  // One message for each agent, from whoever stands above it: the environment or another agent.
  actions: {
    title: 'Action for a node',
    description: 'What one agent or device shall do in this step.',
    source: 'running code, ChannelManager.action_channel',
    topic: 'env_{env}__action__{upstream}_to_{node}',
    envelope: { members: addressed },
    example: { action: [0.5, 0.1], MG1: null, MG2: null },
    exampleParameters: { env: 'env_0', upstream: 'env_0', node: 'MG1' },
  },
  info: {
    title: 'Information from a node',
    description: 'What an agent tells the one above it.',
    source: 'running code, ChannelManager.info_channel',
    role: 'event',
    wireName: 'info',
    topic: 'env_{env}__info__{node}_to_{upstream}',
    qos: 1,
    retain: false,
    keyPointer: '/env_id',
    envelope: {
      members: {
        sender_id: { template: '{parameter.node}' },
        recipient_id: { template: '{parameter.upstream}' },
      },
    },
    payload: anything,
    example: { observation: [0.98, 1.01] },
    exampleParameters: { env: 'env_0', node: 'MG1', upstream: 'env_0' },
    exampleMembers: { timestamp: 0 },
  },
  broadcast: {
    title: 'Broadcast',
    description: 'To every agent below one agent.',
    source: 'running code, ChannelManager.broadcast_channel',
    role: 'event',
    wireName: 'broadcast',
    topic: 'env_{env}__broadcast__{agent}',
    qos: 1,
    retain: false,
    keyPointer: '/env_id',
    envelope: { members: { sender_id: { template: '{parameter.agent}' } } },
    payload: anything,
    example: { price: 50, type: 'price_signal' },
    exampleParameters: { env: 'env_0', agent: 'MG1' },
    exampleMembers: { timestamp: 0 },
  },
  'state-updates': {
    topic: 'env_{env}__state_updates',
    example: { agent_id: 'DG1', device_type: 'sgen', SOC: null, in_service: true },
  },
  'network-state': {
    description: 'The result of the power flow, as one agent sees it.',
    source: 'running code, ChannelManager.power_flow_result_channel',
    wireName: 'info',
    topic: 'env_{env}__power_flow_results__{agent}',
    envelope: { members: { recipient_id: { template: '{parameter.agent}' } } },
    payload: {
      required: ['converged'],
      properties: {
        voltages: null,
        device_results: { type: 'object' },
        bus_voltages: { type: 'object' },
        line_loading: { type: 'object', items: null, description: null, 'x-unit': null, 'x-kind': null },
      },
    },
    example: {
      voltages: null,
      converged: true,
      device_results: { DG1: { p_mw: 0.5, q_mvar: 0.1 } },
      bus_voltages: { vm_pu: [1, 0.98], overvoltage: 0, undervoltage: 0 },
      line_loading: { loading_percent: [42.1], overloading: 0 },
    },
    exampleParameters: { env: 'env_0', agent: 'MG1' },
  },
  // Only documented; no code publishes them. Devices get their actions on the action channel above.
  'device-actions': null,
  'p2p-trades': null,
};

/** The channel names of the running code, which no longer has the document's. */
export const deployed: DialectData = {
  title: 'as deployed',
  description:
    'Joins agents that run the PowerGrid code: env_{env}__… channel names, one message for each agent.',
  patch: { types },
};
