import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import { placeOf } from '../../../../nodes/runtime/place.js';
import type { UsableBrokerNode } from '../../../../nodes/runtime/broker-node.js';
import { facts, type Place } from '../../../../src/observe/facts/facts.js';
import { OutboxFacts } from '../../../../src/delivery/outbound/outbox-facts.js';

describe('the place of a fact', () => {
  it('is the same for the next listener, whatever one tries to make of it', () => {
    const node: unknown = { id: 'p', name: 'Roof' };
    const brokerNode: unknown = { id: 'b', name: '', broker: { kind: 'mqtt' } };
    const message = { topic: 't', body: Buffer.from(''), qos: 1, retain: false, headers: {} } as const;
    for (const place of [placeOf(node as Node), placeOf(node as Node, brokerNode as UsableBrokerNode)]) {
      const seen: string[] = [];
      const ends = [
        facts.accepted.listen((told) => void Reflect.set(told.place, 'node', 'other')),
        facts.accepted.listen((told) => void Reflect.set(told, 'place', {} as Place)),
        facts.accepted.listen((told) => void seen.push(told.place.node)),
      ];
      const told = new OutboxFacts(place);
      told.accepted(undefined, message);
      told.accepted(undefined, message);
      for (const end of ends) end();
      assert.deepEqual(seen, ['Roof', 'Roof']);
    }
  });
});
