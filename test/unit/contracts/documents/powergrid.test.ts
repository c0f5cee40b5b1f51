import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GridwireError } from '../../../../src/errors.js';
import type { GridwireEvent, JsonObject } from '../../../../src/event.js';
import { inbound, open, overTheWire, refusal, violatedPaths } from '../helpers/check.js';

const contract = open('powergrid');
const env = { env: 'env_0' };

/** Standard Channels: each row of the table, and the ChannelManager method that names it. */
const channels: [channel: string, type: string, publisher: string, consumer: string, wireName: string][] = [
  ['env_0/actions', 'actions', 'Environment', 'GridAgents', 'action'],
  ['env_0/state_updates', 'state-updates', 'DeviceAgents', 'Environment', 'state_update'],
  ['env_0/network_state', 'network-state', 'Environment', 'GridAgents', 'power_flow_result'],
  ['env_0/agent/MG1/device_actions', 'device-actions', 'GridAgent', 'DeviceAgents', 'action'],
  ['env_0/p2p_trades', 'p2p-trades', 'Environment', 'GridAgents', 'info'],
];

describe('document: PowerGrid 2.0, Message Broker', () => {
  for (const [channel, name, publisher, consumer, wireName] of channels) {
    it(`Standard Channels: ${channel} from ${publisher} to ${consumer}`, () => {
      const type = contract.type(name);
      const parameters = { ...env, agent: 'MG1' };
      assert.equal(type.topic.render(parameters), channel);
      assert.equal(type.data.publisher, publisher);
      assert.deepEqual(type.data.consumers, [consumer]);
      const event = contract.build(name, {
        payload: type.data.example,
        parameters,
        members: { timestamp: 3 },
      });
      assert.equal(event.envelope['message_type'], wireName);
      assert.equal(overTheWire(contract, event).type, name);
    });
  }

  it('Message Structure: the example of the document is read as it stands', () => {
    const message: JsonObject = {
      env_id: 'rollout_0',
      sender_id: 'MG1',
      recipient_id: 'environment',
      timestamp: 0.5,
      message_type: 'state_update',
      payload: { agent_id: 'MG1', P_MW: 0.5, Q_MVAr: 0.1 },
    };
    assert.deepEqual(contract.parse(inbound('rollout_0/state_updates', message)).envelope, message);
  });

  it('Example 1: actions go to broadcast, from the environment', () => {
    const payload = { MG1: [0.5], MG2: [0.25] };
    const event = contract.build('actions', { payload, parameters: env, members: { timestamp: 0 } });
    assert.deepEqual(event.envelope, {
      env_id: 'env_0',
      sender_id: 'environment',
      recipient_id: 'broadcast',
      timestamp: 0,
      message_type: 'action',
      payload,
    });
  });

  it('Example 2: a state update goes from its device to the environment', () => {
    const payload = { agent_id: 'ESS1', device_type: 'storage', P_MW: 0.5, Q_MVAr: 0.1, SOC: 0.75 };
    const event = contract.build('state-updates', { payload, parameters: env, members: { timestamp: 1 } });
    assert.deepEqual(event.envelope, {
      env_id: 'env_0',
      sender_id: 'ESS1',
      recipient_id: 'environment',
      timestamp: 1,
      message_type: 'state_update',
      payload,
    });
  });

  it('Example 3: the network state carries voltages, line loadings and convergence', () => {
    const payload = { voltages: [1, 0.98], line_loading: [41.5], converged: true };
    const event = contract.build('network-state', { payload, parameters: env, members: { timestamp: 1 } });
    assert.equal(event.envelope['message_type'], 'power_flow_result');
    assert.equal(event.envelope['recipient_id'], 'broadcast');
    const build = () => contract.build('network-state', { payload: { converged: 'yes' }, parameters: env });
    assert.ok(violatedPaths(build).includes('/payload/converged'));
  });

  it('Message Structure: the timestamp is a number of the simulation and never invented', () => {
    const payload = { MG1: 1 };
    const paths = violatedPaths(() => contract.build('actions', { payload, parameters: env }));
    assert.deepEqual(paths, ['']);
    const members = { timestamp: '2025-01-01T00:00:00Z' };
    assert.deepEqual(
      violatedPaths(() => contract.build('actions', { payload, parameters: env, members })),
      ['/timestamp'],
    );
    assert.equal(
      contract.build('actions', { payload, parameters: env, members: { timestamp: 7 } }).time,
      undefined,
    );
  });

  it('Benefits: environments are isolated; a message that names another one than its channel is refused', () => {
    const event = contract.build('actions', {
      payload: { MG1: 1 },
      parameters: env,
      members: { timestamp: 0 },
    });
    assert.deepEqual(
      violatedPaths(() => contract.parse(inbound('env_1/actions', event.envelope))),
      ['/env_id'],
    );
  });

  it('Message Structure: every member is required, and no other is known', () => {
    const event = contract.build('actions', {
      payload: { MG1: 1 },
      parameters: env,
      members: { timestamp: 0 },
    });
    for (const name of Object.keys(event.envelope)) {
      const rest = Object.fromEntries(Object.entries(event.envelope).filter(([other]) => other !== name));
      assert.ok(violatedPaths(() => contract.parse(inbound(event.topic, rest))).length > 0, name);
    }
    assert.deepEqual(
      violatedPaths(() => contract.parse(inbound(event.topic, { ...event.envelope, priority: 1 }))),
      [''],
    );
  });

  it('Message Structure: a message type that its channel does not carry is refused', () => {
    const event = contract.build('actions', {
      payload: { MG1: 1 },
      parameters: env,
      members: { timestamp: 0 },
    });
    const body = { ...event.envelope, message_type: 'state_update' };
    assert.deepEqual(
      violatedPaths(() => contract.parse(inbound(event.topic, body))),
      ['/message_type'],
    );
  });

  it("Don'ts: a payload over 1 MB is refused before it is sent", () => {
    const payload = { MG1: 'x'.repeat(1_100_000) };
    const event = contract.build('actions', { payload, parameters: env, members: { timestamp: 0 } });
    assert.equal(refusal(() => contract.serialise(event)).code, 'BODY_TOO_LARGE');
  });
});

describe('running code: PowerGrid', () => {
  const deployed = open('powergrid', 'deployed');
  const topics: [type: string, topic: string][] = [
    ['actions', 'env_env_0__action__env_0_to_MG1'],
    ['info', 'env_env_0__info__MG1_to_env_0'],
    ['broadcast', 'env_env_0__broadcast__MG1'],
    ['state-updates', 'env_env_0__state_updates'],
    ['network-state', 'env_env_0__power_flow_results__MG1'],
  ];
  for (const [name, topic] of topics) {
    it(`names the channel of ${name} ${topic}`, () => {
      const { example, exampleParameters = {}, exampleMembers = {} } = deployed.type(name).data;
      const event = deployed.build(name, {
        payload: example,
        parameters: exampleParameters,
        members: exampleMembers,
      });
      assert.equal(event.topic, topic);
      assert.equal(overTheWire(deployed, event).type, name);
    });
  }

  it('sends one action to each agent, from whoever is above it', () => {
    const parameters = { env: 'e', upstream: 'MG1', node: 'ESS1' };
    const event = deployed.build('actions', {
      payload: { action: [1] },
      parameters,
      members: { timestamp: 0 },
    });
    assert.equal(event.envelope['sender_id'], 'MG1');
    assert.equal(event.envelope['recipient_id'], 'ESS1');
  });

  it('refuses a name that would be read back as another one', () => {
    const parameters = { env: 'e', upstream: 'a_to_b', node: 'c' };
    const build = () =>
      deployed.build('actions', { payload: { action: [1] }, parameters, members: { timestamp: 0 } });
    assert.equal(refusal(build).code, 'IDENTIFIER_ILLEGAL');
  });

  it('refuses a name that would make the topic one of another type, and whatever it takes can be read', () => {
    const parts = [
      'a',
      '_',
      '__',
      'to',
      'env_',
      '__action__',
      '__info__',
      '__broadcast__',
      '__state_updates',
    ];
    const name = fc
      .array(fc.constantFrom(...parts), { minLength: 1, maxLength: 4 })
      .map((some) => some.join(''));
    const names = fc.record({ env: name, upstream: name, node: name, agent: name });
    fc.assert(
      fc.property(fc.constantFrom(...deployed.types), names, (type, all) => {
        const parameters = Object.fromEntries(
          type.topic.parameters.map((each) => [each.name, all[each.name as keyof typeof all]]),
        );
        const payload = type.data.example;
        let event: GridwireEvent;
        try {
          event = deployed.build(type.name, { payload, parameters, members: { timestamp: 0 } });
        } catch (error) {
          assert.ok(error instanceof GridwireError, String(error));
          assert.equal(error.code, 'IDENTIFIER_ILLEGAL', error.message);
          return;
        }
        const read = overTheWire(deployed, event);
        assert.deepEqual([read.type, read.parameters], [type.name, parameters]);
      }),
      { numRuns: 500 },
    );
    const broadcast = { env: '1', agent: 'a__state_updates' };
    const build = () =>
      deployed.build('broadcast', {
        payload: { price: 1 },
        parameters: broadcast,
        members: { timestamp: 0 },
      });
    assert.match(refusal(build).message, /would be read as one of state-updates/);
  });
});
