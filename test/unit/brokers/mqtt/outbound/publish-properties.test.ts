import assert from 'node:assert/strict';
import {
  packetSize,
  publishProperties,
} from '../../../../../src/brokers/mqtt/outbound/publish-properties.js';

const message = { topic: 'a', body: Buffer.alloc(0), qos: 1, retain: false, headers: {} } as const;

describe('what an MQTT message asks to be answered', () => {
  it('is sent on MQTT 5, and what would end the connection is refused', () => {
    const request = { responseTopic: 'answers/1', correlationData: Buffer.from([0, 0xff]) };
    assert.deepEqual(publishProperties({ ...message, ...request }), request);
    assert.ok(packetSize({ ...message, ...request }) >= packetSize(message) + 11);
    for (const responseTopic of ['a/+', '#', 'a\0', '\ud800', '\ufffe', 'a'.repeat(65_536)])
      assert.throws(() => publishProperties({ ...message, responseTopic }), { code: 'NOT_SUPPORTED' });
    const correlationData = Buffer.alloc(65_536);
    assert.throws(() => publishProperties({ ...message, correlationData }), { code: 'NOT_SUPPORTED' });
  });
});

describe('when an MQTT message expires', () => {
  const ends = (expiresAt: number): number | undefined =>
    publishProperties({ ...message, expiresAt }).messageExpiryInterval;

  it('is never more than the four bytes that MQTT has for it, which would end the connection', () => {
    assert.equal(ends(8_640_000_000_000_000), 0xffff_ffff);
    assert.equal(ends(Date.now() + (0xffff_ffff + 5) * 1000), 0xffff_ffff);
    assert.equal(ends(0), 1);
  });
});
