import assert from 'node:assert/strict';
import path from 'node:path';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { temporaryFolder } from '../../unit/store/helpers.js';

const dlq: FlowNode = {
  id: 'dlq',
  type: 'gridwire-dlq',
  broker: 'broker',
  contract: 'ecogrid-ems',
  dialect: 'documented',
  wires: [['out']],
};
const watch: FlowNode = {
  id: 'watch',
  type: 'gridwire-subscribe',
  broker: 'broker',
  contract: '',
  filter: '#',
  wires: [['letters'], []],
};
const helpers: FlowNode[] = ['out', 'letters'].map((id) => ({ id, type: 'helper' }));

describe('gridwire-dlq', () => {
  const flows = useFlows();

  it('publishes the original bytes with the reason in headers, wherever the message failed', async () => {
    await flows.load([memory, dlq, watch, ...helpers]);
    const original = {
      topic: 'sites/1/devices/A/telemetry',
      body: Buffer.from([0xff, 0]),
      qos: 1,
      retain: false,
      headers: {},
    };
    flows.node('dlq').receive({
      payload: 'changed by the flow',
      original,
      deadLetterTopic: 'device-telemetry-dlt',
      error: { code: 'BODY_NOT_TEXT', message: 'Not text.', fault: 'permanent' },
    });
    const [letter] = (await settled(() => flows.received('letters'), 1)) as GridwireMessage[];
    assert.equal(letter?.topic, 'device-telemetry-dlt');
    assert.deepEqual(letter.payload, Buffer.from([0xff, 0]));
    const headers = letter['headers'] as Record<string, string>;
    assert.equal(headers['gridwire-failure-code'], 'BODY_NOT_TEXT');
    assert.equal(headers['gridwire-original-topic'], 'sites/1/devices/A/telemetry');
    assert.equal((await settled(() => flows.received('out'), 1)).length, 1);
  });

  it('takes failures of any node by a catch node', async () => {
    await flows.load([
      memory,
      dlq,
      watch,
      ...helpers,
      { id: 'catcher', type: 'catch', scope: null, wires: [['dlq']] },
      {
        id: 'publish',
        type: 'gridwire-publish',
        broker: 'broker',
        contract: 'ecogrid-ems',
        eventType: 'telemetry',
        wires: [[]],
      },
    ]);
    flows.node('publish').receive({ topic: 'mine', payload: { powerKw: 1 } });
    const [letter] = (await settled(() => flows.received('letters'), 1)) as GridwireMessage[];
    assert.equal(letter?.topic, 'mine-dlt');
    assert.deepEqual(letter.payload, { powerKw: 1 });
    const headers = letter['headers'] as Record<string, string>;
    assert.match(headers['gridwire-failure-reason'] ?? '', /topic needs values? for "siteId"/);
  });

  it('makes a letter of what JSON cannot write, on the broker and in a store, and says the place', async () => {
    const catcher = { id: 'catcher', type: 'catch', scope: null, wires: [['dlq', 'kept']] };
    const publish = { id: 'publish', type: 'gridwire-publish', broker: 'broker', contract: '', wires: [[]] };
    const { folder, remove } = temporaryFolder();
    try {
      const store = {
        id: 'store',
        type: 'gridwire-store',
        kind: 'sqlite',
        file: path.join(folder, 'store.db'),
      };
      const kept = { ...dlq, id: 'kept', store: 'store', wires: [['out']] };
      await flows.load([memory, store, dlq, kept, watch, catcher, publish, ...helpers]);
      const payloads = [{ kw: NaN }, { kw: 1n }, { kw: [undefined] }, { kw: () => 1 }, { kw: new Map() }];
      for (const payload of payloads) flows.node('publish').receive({ topic: 'mine', payload });
      // One of each node.
      const letters = (await settled(
        () => flows.received('letters'),
        2 * payloads.length,
      )) as GridwireMessage[];
      assert.equal(
        (await settled(() => flows.received('out'), 2 * payloads.length)).length,
        2 * payloads.length,
      );
      for (const letter of letters) {
        assert.equal(letter.topic, 'mine-dlt');
        assert.equal(typeof (letter.payload as { kw: unknown }).kw === 'number', false);
        const { 'gridwire-failure-reason': reason } = letter['headers'] as Record<string, string>;
        assert.match(reason ?? '', /cannot be written as JSON: .* In its body as text: .* at \/kw/);
      }
    } finally {
      await flows.unload();
      remove();
    }
  });

  it('never lets a message choose a topic that is none', async () => {
    await flows.load([memory, dlq, watch, ...helpers]);
    flows.node('dlq').receive({ topic: 'a/#', deadLetterTopic: 'b/+', payload: 1 });
    const [letter] = (await settled(() => flows.received('letters'), 1)) as GridwireMessage[];
    assert.equal(letter?.topic, 'unattributed-dlt');
    assert.equal((letter['headers'] as Record<string, string>)['gridwire-original-topic'], 'a/#');
  });

  it("puts its own broker's prefix before the dead-letter topics of ingest too", async () => {
    const prefixed = (id: string, topicPrefix: string): FlowNode => ({ ...memory, id, topicPrefix });
    await flows.load([
      prefixed('plant', 'plant/a'),
      prefixed('broker', 'central'),
      { id: 'devices', type: 'gridwire-devices', devices: [], policy: 'onboard' },
      {
        ...{ id: 'ingest', type: 'gridwire-ingest', broker: 'plant', contract: 'ecogrid-ems' },
        ...{ dialect: 'documented', devices: 'devices', wires: [[], [], ['dlq']] },
      },
      { id: 'device', type: 'gridwire-publish', broker: 'plant', contract: '', topic: '', wires: [[]] },
      dlq,
      { ...watch, filter: '#' },
      ...helpers,
    ]);
    for (const [kind, payload] of [
      ['telemetry', 'nonsense'],
      ['status', '{"status":"ASLEEP"}'],
      ['nothing', '{}'],
    ])
      flows.node('device').receive({ topic: `sites/1/devices/A/${kind}`, payload });
    const letters = (await settled(() => flows.received('letters'), 3)) as GridwireMessage[];
    assert.deepEqual(
      letters.map(({ topic }) => topic),
      ['central/device-telemetry-dlt', 'central/device-status-dlt', 'central/device-telemetry-dlt'],
    );
  });
});
