import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { NodeAPI } from 'node-red';
import { recoverLetters } from '../../../../nodes/outbound/recover-letters.js';
import { memoriesOf } from '../../../../nodes/runtime/memories.js';
import { onEachStore } from '../../../support/stores.js';
import { letter } from '../../store/helpers.js';

onEachStore('letters that are recovered', (stores) => {
  it('are not sent when their subject is erased after they were read', async () => {
    const RED = { events: new EventEmitter() } as unknown as NodeAPI;
    const { deadLetters } = await stores.open();
    await deadLetters.add(['a', 'b', 'c'].map((topic) => letter(topic)));
    const sent: string[] = [];
    const publish = ({ topic }: { topic: string }): Promise<void> => {
      sent.push(topic);
      for (const memory of memoriesOf(RED).keys()) memory.erase((message) => message.topic === 'b');
      return Promise.resolve();
    };
    const plan = { query: {}, isCommand: () => false, publish };
    const { recovered } = await recoverLetters(RED, 'store', deadLetters, plan);
    assert.deepEqual([sent, recovered], [['a', 'c'], 2]);
    assert.equal(memoriesOf(RED).size, 0);
  });
});
