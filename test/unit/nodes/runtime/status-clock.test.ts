import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI, NodeStatus } from 'node-red';
import { StatusLine } from '../../../../nodes/runtime/status.js';
import { until } from '../../../support/wait.js';

describe("a node's status", () => {
  const { now } = Date;
  afterEach(() => {
    Date.now = now;
  });

  it("goes on being shown when the machine's clock is set back", async () => {
    const texts: string[] = [];
    const node = Object.assign(new EventEmitter(), {
      ...{ id: 'n', type: 't' },
      status: ({ text = '' }: NodeStatus) => void texts.push(text),
    });
    const RED = { _: (key: string) => key, events: new EventEmitter() };
    const status = new StatusLine(RED as unknown as NodeAPI, node as unknown as Node, true);
    status.show('ready');
    assert.deepEqual(texts, ['gridwire.status.ready']);
    Date.now = () => now() - 3_600_000;
    status.show('healthy');
    await until('the next one is shown', () => texts.includes('gridwire.status.healthy'), 5_000);
    node.emit('close');
  });
});
