import assert from 'node:assert/strict';
import type { Delivery } from '../../../../../src/brokers/broker.js';
import { HeldMessage, type Share } from '../../../../../src/brokers/mqtt/inbound/held-message.js';
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
  const share = (topic = 't') => {
    const rest = { qos: 1, retain: false, headers: {}, receivedAt: 0, redelivered: false } as const;
    const message = { topic, body: Buffer.from('on'), ...rest };
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

  it('leaves to its successors just what nobody has settled, however many there were and whatever each took at once', () => {
    let seed = 5;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let program = 0; program < 300; program += 1) {
      const unsettled: string[] = [];
      const inHand = new Map<string, Delivery>();
      let count = 0;
      let route: Route | undefined;
      for (let step = 0; step < 60; step += 1) {
        const act = next(10);
        if (act === 0 || route === undefined) {
          const left: Share[] = route?.end() ?? [];
          assert.deepEqual(
            left.map(({ held }) => held.message.topic),
            unsettled,
          );
          inHand.clear();
          const settlesAtOnce = next(4) === 0;
          const handler = (delivery: Delivery) => {
            const { topic } = delivery.message;
            inHand.set(topic, delivery);
            if (settlesAtOnce && next(3) === 0) settle(topic);
          };
          route = new Route(handler, { window: 1 + next(5) }, undefined, () => undefined);
          for (const each of left) route.add(each);
        } else if (act < 6) {
          const topic = `t${(count += 1)}`;
          unsettled.push(topic);
          route.add(share(topic));
        } else {
          const topics = [...inHand.keys()];
          if (topics.length > 0) settle(topics[next(topics.length)] as string);
        }
      }
      function settle(topic: string): void {
        const delivery = inHand.get(topic);
        inHand.delete(topic);
        unsettled.splice(unsettled.indexOf(topic), 1);
        delivery?.settle('ack');
      }
    }
  });
});
