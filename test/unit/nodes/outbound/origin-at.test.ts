import assert from 'node:assert/strict';
import type { FlowMessage, RuntimeNode } from '../../../../nodes/flow-completion/node-red.js';
import { Tracker } from '../../../../nodes/flow-completion/tracker.js';
import { originAt } from '../../../../nodes/outbound/origin-at.js';

const source: RuntimeNode = { id: 's', type: 'source', wires: [['out']] };
const node = { id: 'out' };

describe('the name of what a node makes of a message', () => {
  /** The names of the messages that one run of an event brings to the node, in this order. */
  function names(...messages: { topic: string; index?: number }[]): string[] {
    const tracker = new Tracker(() => undefined);
    const msg: FlowMessage = {};
    const origin = { key: 'event', mayExist: true };
    tracker.begin(
      source,
      msg,
      { timeoutMs: 10_000, caughtIs: 'ack', mode: 'completion', origin },
      () => undefined,
    );
    const found = messages.map(({ topic, index }) => {
      const copy = index === undefined ? { ...msg } : { ...msg, parts: { id: String(Math.random()), index } };
      return originAt(node, copy)(topic)?.name ?? '';
    });
    tracker.clear();
    return found;
  }

  it('is the same in whatever order messages of different topics and parts come', () => {
    const [a, b, c] = [{ topic: 'a' }, { topic: 'b', index: 0 }, { topic: 'b', index: 1 }];
    const [first = '', second = '', third = ''] = names(a, b, c);
    assert.deepEqual(names(c, a, b), [third, first, second]);
    assert.equal(new Set([first, second, third]).size, 3);
  });

  it('differs for each of several alike, and is none without an event', () => {
    const [one, other] = names({ topic: 'a' }, { topic: 'a' });
    assert.notEqual(one, other);
    assert.equal(originAt(node, {})('a'), undefined);
  });
});
