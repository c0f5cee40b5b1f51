import assert from 'node:assert/strict';
import type { FlowMessage, RuntimeNode } from '../../../../nodes/flow-completion/node-red.js';
import { type EventOrigin, originOf } from '../../../../nodes/flow-completion/origin.js';
import { Tracker } from '../../../../nodes/flow-completion/tracker.js';

const source: RuntimeNode = { id: 's', type: 'source', wires: [['a']] };
const node: RuntimeNode = { id: 'a', type: 'join', wires: [[]] };
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('flow completion: the event behind a message', () => {
  let tracker: Tracker;
  beforeEach(() => (tracker = new Tracker(() => undefined)));

  function begin(origin?: EventOrigin, mode: 'completion' | 'explicit' = 'completion') {
    const msg: FlowMessage = {};
    const options = { timeoutMs: 10_000, caughtIs: 'ack', mode, ...(origin && { origin }) } as const;
    const message = tracker.begin(source, msg, options, () => undefined);
    return { msg, message };
  }
  const keyOf = (msg: object) => originOf(msg)?.key;

  it('is known on every copy, which count together at each node', () => {
    const { msg } = begin({ key: 'e', mayExist: false });
    const copy = { ...msg, payload: 'changed' };
    const [first, second] = [originOf(msg), originOf(copy)];
    assert.deepEqual([first?.key, first?.mayExist, second?.key], ['e', false, 'e']);
    assert.deepEqual([first?.next('p'), second?.next('p'), second?.next('q')], [0, 1, 0]);
  });

  it('is not known of messages of no source, or of a source that names none', () => {
    assert.equal(originOf({}), undefined);
    assert.equal(originOf(begin().msg), undefined);
  });

  it('is one of its own for a message that is made of several events, the same for the same ones', () => {
    const joined = (...keys: string[]) => {
      const [first, ...others] = keys.map((key) => begin({ key, mayExist: key === 'old' }));
      assert.ok(first);
      for (const { message } of others) tracker.merge(first.message, message);
      return originOf(first.msg);
    };
    const [one, same, other] = [joined('a', 'b'), joined('b', 'a'), joined('a', 'old')];
    assert.equal(one?.key, same?.key);
    assert.notEqual(one?.key, other?.key);
    assert.deepEqual([one?.mayExist, other?.mayExist], [false, true]);
    const { msg, message } = begin({ key: 'a', mayExist: false });
    tracker.merge(message, begin().message);
    assert.equal(originOf(msg), undefined, 'one of which nothing is known may be another next time');
  });

  it('is forgotten with success, and kept for late messages otherwise: the next run may have left something', async () => {
    const done = begin({ key: 'done', mayExist: false });
    const stopped = begin({ key: 'stopped', mayExist: false });
    const refused = begin({ key: 'refused', mayExist: false }, 'explicit');
    tracker.settleExplicit(refused.message.receipt, 'nack');
    tracker.arrive(stopped.message, node, stopped.msg);
    tracker.close(done.message.sending!);
    await turn();
    tracker.clear();
    assert.equal(keyOf(done.msg), undefined);
    for (const { msg } of [stopped, refused]) assert.equal(originOf(msg)?.mayExist, true);
  });

  it('does not grow with what has ended', () => {
    const all = Array.from({ length: 10_002 }, (_, n) => begin({ key: `${n}`, mayExist: false }));
    tracker.clear();
    const known = all.filter(({ msg }) => originOf(msg) !== undefined);
    assert.equal(known.length, 10_000);
    assert.equal(keyOf(all.at(-1)!.msg), '10001');
  });

  it('carries a receipt that no other flow can guess', () => {
    const receipts = [begin(), begin(), begin({ key: 'x', mayExist: false }, 'explicit')];
    const endings = receipts.map(({ message }) => message.receipt.split('-').slice(2).join(''));
    for (const ending of endings) assert.match(ending, /^[0-9a-f]{32}$/);
    assert.equal(new Set(endings).size, 3);
  });
});
