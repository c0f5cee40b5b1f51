import assert from 'node:assert/strict';
import { memoryOf, RetainedMemory } from '../../../src/brokers/retained-memory.js';
import { message } from '../store/helpers.js';

describe('the memory of retained values', () => {
  const bodies: Record<string, Uint8Array> = {
    empty: Buffer.alloc(0),
    small: Buffer.from([0, 255, 128, 7]),
    'as long as a digest': Buffer.alloc(28, 'x'),
    large: Buffer.alloc(5_000, 'x'),
  };
  for (const [what, body] of Object.entries(bodies)) {
    it(`knows the last value of a topic, and no other one: ${what}`, () => {
      const memory = new RetainedMemory();
      assert.equal(memory.knows(message('t', body)), false);
      memory.finished(message('t', Buffer.from('before')));
      memory.finished(message('t', body));
      assert.equal(memory.knows(message('t', Buffer.from(body))), true);
      assert.equal(memory.knows(message('u', body)), false);
      for (const other of [
        Buffer.concat([body, Buffer.from('y')]),
        Buffer.alloc(body.byteLength, 'y'),
        'before',
      ])
        if (Buffer.from(other).byteLength > 0) assert.equal(memory.knows(message('t', other)), false);
    });
  }

  it('tells a body from the digest of another one', () => {
    const memory = new RetainedMemory();
    memory.finished(message('t', Buffer.from('qvTGHdzF6KLavt4PO0gs2a6pQ00=')));
    assert.equal(memory.knows(message('t', 'hello')), false);
  });

  it('goes on knowing when all bodies together are large', () => {
    const memory = new RetainedMemory();
    const bodyOf = (n: number): Buffer => Buffer.alloc(1_000, `${n} `);
    for (let n = 0; n < 20_000; n += 1) memory.finished(message(`t/${n}`, bodyOf(n)));
    for (let n = 0; n < 20_000; n += 997) {
      assert.equal(memory.knows(message(`t/${n}`, bodyOf(n))), true, `${n}`);
      assert.equal(memory.knows(message(`t/${n}`, bodyOf(n + 1))), false, `${n}`);
    }
  });

  it('is one for all objects that a deploy makes of a subscriber', () => {
    memoryOf('place', 'node', '#').finished(message('t', 'on'));
    assert.equal(memoryOf('place', 'node', '#').knows(message('t', 'on')), true);
    assert.equal(memoryOf('place', 'other', '#').knows(message('t', 'on')), false);
  });
});
