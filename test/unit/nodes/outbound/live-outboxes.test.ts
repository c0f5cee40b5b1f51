import assert from 'node:assert/strict';
import { type LiveOutbox, LiveOutboxes } from '../../../../nodes/runtime/live-outboxes.js';
import { Outbox } from '../../../../src/delivery/outbound/outbox.js';
import { ScriptedBroker } from '../../../support/scripted-broker.js';

describe('outboxes of deployed nodes', () => {
  it('are found by the name that the store gives their queue, and those of other instances are not', async () => {
    const store = { ownQueue: (queue: string) => Promise.resolve(`a/${queue}`) };
    const outboxes = new LiveOutboxes();
    const outbox = new Outbox(new ScriptedBroker());
    const owner: unknown = { node: { id: '1' }, brokerNode: { id: '2' }, kind: 'publish' };
    const live = { outbox, owner: owner as LiveOutbox['owner'] };
    outboxes.add('publish 1', live);
    assert.equal(await outboxes.of(store, 'a/publish 1'), live);
    assert.deepEqual(outboxes.all(), [live]);
    for (const other of ['b/publish 1', 'publish 1', 'a/publish 2'])
      assert.equal(await outboxes.of(store, other), undefined);
    outboxes.remove('publish 1', outbox);
    assert.equal(await outboxes.of(store, 'a/publish 1'), undefined);
    outbox.close();
  });
});
