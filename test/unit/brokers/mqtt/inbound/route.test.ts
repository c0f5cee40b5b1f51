import assert from 'node:assert/strict';
import type { Delivery } from '../../../../../src/brokers/broker.js';
import { HeldMessage } from '../../../../../src/brokers/mqtt/inbound/held-message.js';
import { Route } from '../../../../../src/brokers/mqtt/inbound/route.js';

describe('a subscription', () => {
  const handed: Delivery[] = [];
  beforeEach(() => handed.splice(0));
  const open = (): Route =>
    new Route(
      (delivery) => void handed.push(delivery),
      {},
      undefined,
      () => undefined,
    );
  const share = () => {
    const rest = { qos: 1, retain: false, headers: {}, receivedAt: 0, redelivered: false } as const;
    const message = { topic: 't', body: Buffer.from('on'), ...rest };
    const booking = { answer: () => undefined, holdsUp: () => 0, identity: () => 'packet 1' };
    return new HeldMessage(message, [], booking).share();
  };

  it('hands a message to its successor under the name that it was given, as delivered before', () => {
    const first = open();
    first.add(share());
    const [given] = handed;
    assert.deepEqual([given?.identity, given?.message.redelivered], ['packet 1', false]);
    given?.rename?.('packet 1 1');
    assert.equal(given?.identity, 'packet 1 1');
    const second = open();
    for (const left of first.end()) second.add(left);
    assert.deepEqual([handed[1]?.identity, handed[1]?.message.redelivered], ['packet 1 1', true]);
  });

  it('gives a name to its own part only', () => {
    const route = open();
    route.add(share());
    route.add(share());
    handed[0]?.rename?.('packet 1 1');
    assert.equal(handed[1]?.identity, 'packet 1');
  });
});
