import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI, NodeStatus } from 'node-red';
import { StatusLine } from '../../../../nodes/runtime/status.js';

describe("a closed node's status", () => {
  it('is not shown any more: it would take the place of the successor of the same id after a deploy', () => {
    const texts: string[] = [];
    const node = Object.assign(new EventEmitter(), {
      ...{ id: 'n', type: 't' },
      status: ({ text = '' }: NodeStatus) => void texts.push(text),
    });
    const RED = { _: (key: string) => key, events: new EventEmitter() };
    const status = new StatusLine(RED as unknown as NodeAPI, node as unknown as Node, true);
    node.emit('close');
    // What its broker and its queue say while they end.
    status.show('connected');
    status.lookLater(() => status.set('connection', 'disconnected'));
    assert.deepEqual(texts, []);
  });
});
