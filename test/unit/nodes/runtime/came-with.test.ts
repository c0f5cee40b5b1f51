import assert from 'node:assert/strict';
import { eventIn, originalIn } from '../../../../nodes/runtime/came-with.js';
import type { GridwireMessage } from '../../../../nodes/runtime/messages.js';

const ORIGINAL = {
  ...{
    topic: 't',
    body: Buffer.from('x'),
    key: Buffer.from('k'),
    qos: 1,
    retain: false,
    tombstone: undefined,
  },
  ...{ headers: { a: 'x', b: ['y', null, Buffer.from('z')] }, headerOrder: ['a', 'b', 'b', 'b'] },
  ...{ contentType: 'text/plain', responseTopic: 'r', correlationData: Buffer.from('c'), expiresAt: 1 },
  position: { partition: 0, offset: '12', timestamp: 5, group: 'g' },
};
const EVENT = {
  ...{ contract: 'c', type: 't', topic: 't', envelope: {}, payload: 1, headers: {}, key: 'k', qos: 2 },
  ...{ retain: true, expiresAt: 1, time: 2 },
};
/** A list as a flow gets it that numbers by an id: writing it out would take all memory. */
const SPARSE: unknown[] = [];
SPARSE.length = 4_000_000_000;
const ODD = [5n, Symbol('x'), {}, SPARSE, { type: 'Buffer', data: [1] }, () => 1, new Map(), NaN, null];

const originalOf = (original: unknown) => originalIn({ original } as unknown as GridwireMessage);
const eventOf = (event: unknown) => eventIn({ event } as unknown as GridwireMessage);

describe('what a message came with', () => {
  it('counts where it is whole, also without what it need not have', () => {
    assert.equal(originalOf(ORIGINAL), ORIGINAL);
    assert.equal(eventOf(EVENT), EVENT);
    assert.ok(originalOf({ topic: 't', body: Buffer.alloc(0), headers: {} }));
    assert.ok(eventOf({ contract: 'c', type: 't', topic: 't', envelope: {}, headers: {} }));
  });

  it('counts not at all where a part of it is something else: nobody writes or stores it', () => {
    for (const odd of ODD) {
      for (const part of Object.keys(ORIGINAL).filter((name) => name !== 'headers'))
        assert.equal(originalOf({ ...ORIGINAL, [part]: odd }), undefined, part);
      for (const part of Object.keys(EVENT).filter(
        (name) => !['payload', 'envelope', 'headers'].includes(name),
      ))
        assert.equal(eventOf({ ...EVENT, [part]: odd }), undefined, part);
      assert.equal(originalOf({ ...ORIGINAL, headers: { a: odd ?? 5 } }), undefined);
      assert.equal(eventOf({ ...EVENT, headers: { a: odd ?? 5 } }), undefined);
    }
  });
});
