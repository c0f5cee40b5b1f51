import assert from 'node:assert/strict';
import { AskingIds, LAST_MESSAGE_ID } from '../../../../../src/brokers/mqtt/connection/packet-ids.js';

describe('packet ids of what mqtt.js asks for', () => {
  it('are never those of messages, never one that is taken, and are found again when they are free', () => {
    const ids = new AskingIds();
    const given = Array.from({ length: 0xffff - LAST_MESSAGE_ID }, () => ids.allocate());
    assert.ok(given.every((id) => id !== null && id > LAST_MESSAGE_ID && id <= 0xffff));
    assert.equal(new Set(given).size, given.length);
    assert.equal(ids.allocate(), null);
    ids.deallocate(0xffff);
    assert.equal(ids.allocate(), 0xffff);
    assert.equal(ids.getLastAllocated(), 0xffff);
    ids.clear();
    assert.equal(ids.register(LAST_MESSAGE_ID + 1), true);
    assert.equal(ids.register(LAST_MESSAGE_ID + 1), false);
  });
});
