import assert from 'node:assert/strict';
import { storedLetter } from '../../../nodes/dlq/letter.js';
import { mirrorEntry } from '../../../nodes/mirror/entry.js';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { Contract } from '../../../src/contracts/contract.js';
import { builtInContract } from '../../../src/contracts/library/built-in.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const contract = new Contract(builtInContract('battery-hawk'));
const outputs = (count: number): FlowNode['wires'] => Array.from({ length: count }, () => ['made']);

/** What a battery's reading looks like behind a subscribing node. */
function received(): GridwireMessage {
  const { data } = contract.type('reading');
  const event = contract.build('reading', {
    payload: { ...(data.example as object), vehicle_id: 'van-1' },
    parameters: data.exampleParameters ?? {},
  });
  const body = Buffer.from('the bytes of the reading');
  const original = {
    topic: event.topic,
    body,
    qos: 1,
    retain: true,
    headers: { of: 'the reading' },
  } as const;
  return {
    ...{ _msgid: '', topic: event.topic, payload: event.payload, event, original, receipt: 'r-1' },
    ...{
      headers: original.headers,
      key: 'k',
      contentType: 'a/b',
      expiresAt: 4_000_000_000_000,
      retain: true,
    },
  };
}

const NODES: Record<string, [settings: object, ask?: object]> = {
  'gridwire-vehicle-summary': [{ devices: [], wires: outputs(2) }],
  'gridwire-health': [{ form: 'battery-hawk', interval: '0', wires: outputs(1) }],
  'gridwire-metrics': [{ form: 'list', wires: outputs(1) }],
  'gridwire-alarm': [{ wires: outputs(1) }],
  'gridwire-grid-sim': [
    { environment: 'three-microgrids', stepMinutes: '60', seed: '1', wires: outputs(3) },
    { payload: '' },
  ],
};

describe('What a node makes because of a message', () => {
  const flows = useFlows();
  for (const [type, [settings, ask = {}]] of Object.entries(NODES)) {
    it(`has nothing of what came, so that no mirror and no letter keeps that under its name: ${type}`, async () => {
      const node: FlowNode = { id: 'node', type, broker: 'broker', wires: [], ...settings };
      await flows.load([memory, node, { id: 'made', type: 'helper' }]);
      const came = received();
      flows.node('node').receive({ ...came, ...ask });
      await settled(() => flows.endsOf('node'), 1);
      assert.deepEqual(flows.endsOf('node'), [undefined]);
      const made = (await settled(() => flows.received('made'), 1)) as GridwireMessage[];
      for (const message of made) {
        assert.equal(message['receipt'], 'r-1', 'it still settles what came');
        const { event, payload } = message;
        const document = Buffer.from(JSON.stringify(event?.envelope ?? payload));
        for (const kept of [mirrorEntry(message).message, storedLetter(message, contract).message]) {
          assert.deepEqual(Buffer.from(kept.body), document);
          assert.deepEqual([kept.headers, kept.expiresAt], [{}, event?.expiresAt]);
          assert.deepEqual([kept.key, kept.retain], [event?.key, event?.retain ?? false]);
        }
      }
    });
  }

  it('has what the flow itself asks for, where nothing came from a broker', async () => {
    const [settings] = NODES['gridwire-metrics'] as [object];
    await flows.load([
      { id: 'node', type: 'gridwire-metrics', wires: [], ...settings },
      { id: 'made', type: 'helper' },
    ]);
    flows.node('node').receive({ _msgid: '', payload: '', retain: true, headers: { a: '1' } });
    const [made] = (await settled(() => flows.received('made'), 1)) as GridwireMessage[];
    assert.deepEqual([made?.['retain'], made?.['headers']], [true, { a: '1' }]);
  });
});
