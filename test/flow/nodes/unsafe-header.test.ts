import assert from 'node:assert/strict';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { headersOfPairs } from '../../../src/header-order.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const subscribe: FlowNode = {
  ...{ id: 'node', type: 'gridwire-subscribe', broker: 'broker', contract: '', filter: 'a' },
  // Two behind each output: Node-RED copies what it hands to the second.
  wires: [
    ['out', 'more'],
    ['refused', 'also'],
  ],
};
const helpers: FlowNode[] = ['out', 'more', 'refused', 'also'].map((id) => ({ id, type: 'helper' }));

/** A producer that is not Gridwire. */
const odd = headersOfPairs([
  ['a', '1'],
  ['__proto__', 'x'],
  ['constructor', 'y'],
  ['__proto__', Buffer.from([0xff])],
  ['a', '2'],
]);

describe('a header named __proto__', () => {
  const flows = useFlows();
  const wire = { topic: 'a', qos: 1, retain: false, headers: {} } as const;

  async function publish(): Promise<void> {
    const { broker } = flows.node('broker') as BrokerNode;
    await broker!.publish({ ...wire, ...odd, body: Buffer.from('1') });
    await broker!.publish({ ...wire, headers: { a: '3' }, body: Buffer.from('2') });
    await new Promise(setImmediate);
  }

  function check(): void {
    for (const id of ['refused', 'also']) {
      const [message] = flows.received(id) as GridwireMessage[];
      const { code, details } = message?.error as { code: string; details: object };
      assert.equal(code, 'NOT_SUPPORTED');
      assert.deepEqual(details, { header: '__proto__', values: ['x', '/w=='] });
      const { headers, headerOrder, body } = message?.original ?? {};
      assert.deepEqual(Object.entries(headers ?? {}), [
        ['a', ['1', '2']],
        ['constructor', 'y'],
      ]);
      assert.deepEqual([headerOrder, String(body)], [['a', 'constructor', 'a'], '1']);
    }
  }

  it('is a reason to refuse a message, with its value; the next one comes', async () => {
    await flows.load([memory, subscribe, ...helpers]);
    await publish();
    const [next] = (await settled(() => flows.received('more'), 1)) as GridwireMessage[];
    assert.equal(next?.original?.body.toString(), '2');
    await settled(() => flows.received('also'), 1);
    check();
  });

  it('is one in pull mode too', async () => {
    await flows.load([memory, { ...subscribe, mode: 'pull' }, ...helpers]);
    await publish();
    flows.node('node').receive({ payload: '' });
    const [list] = (await settled(() => flows.received('more'), 1)) as GridwireMessage[];
    assert.deepEqual(list?.payload, [2]);
    check();
  });
});
