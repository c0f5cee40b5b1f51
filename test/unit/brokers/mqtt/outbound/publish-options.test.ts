import assert from 'node:assert/strict';
import { packetSize, publishOptions } from '../../../../../src/brokers/mqtt/outbound/publish-options.js';

const message = { topic: 'a', body: Buffer.alloc(0), qos: 1, retain: false, headers: {} } as const;

describe('what an MQTT message asks to be answered', () => {
  it('is sent on MQTT 5, and what would end the connection is refused', () => {
    const request = { responseTopic: 'answers/1', correlationData: Buffer.from([0, 0xff]) };
    assert.deepEqual(publishOptions({ ...message, ...request }, 5).properties, request);
    assert.equal(publishOptions({ ...message, ...request }, 4).properties, undefined);
    assert.ok(packetSize({ ...message, ...request }) >= packetSize(message) + 11);
    for (const responseTopic of ['a/+', '#', 'a\0', '\ud800', '\ufffe', 'a'.repeat(65_536)])
      assert.throws(() => publishOptions({ ...message, responseTopic }, 5), { code: 'NOT_SUPPORTED' });
    const correlationData = Buffer.alloc(65_536);
    assert.throws(() => publishOptions({ ...message, correlationData }, 5), { code: 'NOT_SUPPORTED' });
  });
});

describe('when an MQTT message expires', () => {
  const ends = (expiresAt: number): number | undefined =>
    publishOptions({ ...message, expiresAt }, 5).properties?.messageExpiryInterval;

  it('is never more than the four bytes that MQTT has for it, which would end the connection', () => {
    assert.equal(ends(8_640_000_000_000_000), 0xffff_ffff);
    assert.equal(ends(Date.now() + (0xffff_ffff + 5) * 1000), 0xffff_ffff);
    assert.equal(ends(0), 1);
  });
});
