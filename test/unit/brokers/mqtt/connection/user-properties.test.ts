import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { type Frame, FrameReader } from '../../../../../src/brokers/mqtt/connection/frame-reader.js';
import { readPublish } from '../../../../../src/brokers/mqtt/connection/publish-packet.js';
import {
  readUserProperties,
  userProperties,
} from '../../../../../src/brokers/mqtt/connection/user-properties.js';
import type { WireMessage } from '../../../../../src/event.js';
import { type HeaderPair, headersOfPairs } from '../../../../../src/header-order.js';
import { GridwireError } from '../../../../../src/errors.js';
import { carried, randomMessages } from '../../../../support/random-messages.js';

const message = (more: Partial<WireMessage>): WireMessage => ({
  ...{ topic: 'a', body: Buffer.from('x'), qos: 1, retain: false, headers: {} },
  ...more,
});
/** As mqtt.js writes them: numbers first, each name with all its values. */
const onTheWire = (properties: Record<string, string[]> = {}): HeaderPair[] =>
  Object.entries(properties).flatMap(([name, values]) => values.map((value): HeaderPair => [name, value]));

describe('MQTT 5 user properties', () => {
  it('carry any headers, key and tombstone there and back, or refuse them', () => {
    let taken = 0;
    for (const sent of randomMessages('a', { count: 2_000, seed: 13 })) {
      let properties;
      try {
        properties = onTheWire(userProperties(sent));
      } catch (error) {
        assert.equal(error instanceof GridwireError && error.code, 'NOT_SUPPORTED');
        continue;
      }
      taken += 1;
      for (const text of properties.flat())
        assert.doesNotMatch(String(text), /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u);
      // What has a property of its own goes beside them.
      const { body, headers: _, headerOrder: _order, key: _key, tombstone: _tombstone, ...own } = sent;
      const back = { ...own, body, ...readUserProperties(properties, body.length > 0) };
      assert.deepEqual(carried(back), carried(sent));
    }
    assert.ok(taken > 1_000);
  });

  it('need no mark for what is plain text, also where it looks like an encoding', () => {
    const headers = { a: '100 %', b: ['AQI=', '%0A'], c: 'ä' };
    assert.deepEqual(
      { ...userProperties(message({ headers })) },
      { a: ['100 %'], b: ['AQI=', '%0A'], c: ['ä'] },
    );
    assert.equal(userProperties(message({})), undefined);
  });

  it('refuse what is too long for a text of MQTT', () => {
    for (const headers of [
      { a: 'x'.repeat(65_536) },
      { a: Buffer.alloc(50_000) },
      { ['x'.repeat(65_536)]: '' },
    ])
      assert.throws(() => userProperties(message({ headers })), { code: 'NOT_SUPPORTED' });
    assert.ok(userProperties(message({ headers: { a: 'x'.repeat(65_535) } })));
  });

  it('that are too many are refused, and make a message that cannot be read, with its body', () => {
    const many = (count: number): Frame => {
      const userProperties = { a: Array.from({ length: count }, () => 'x'), 'gridwire-key': ['k'] };
      const reader = new FrameReader();
      reader.push(
        generate(
          {
            ...{ cmd: 'publish', topic: 't', payload: 'body', qos: 0, dup: false, retain: false },
            properties: { userProperties: userProperties as unknown as Record<string, string> },
          },
          { protocolVersion: 5 },
        ),
      );
      return reader.next() as Frame;
    };
    const headers = { a: Array.from({ length: 1_001 }, () => 'x') };
    assert.throws(() => userProperties(message({ headers })), { code: 'BODY_TOO_LARGE' });
    const bad = readPublish(many(2_000), 5);
    assert.deepEqual(
      [bad.unreadable?.code, bad.body.toString(), bad.headers],
      ['BODY_TOO_LARGE', 'body', {}],
    );
    // The key is a property, and no header.
    assert.match(bad.unreadable?.message ?? '', /has 2001 headers/);
    const oneTooMany = readPublish(many(1_001), 5);
    assert.match(oneTooMany.unreadable?.message ?? '', /has 1001 headers/);
    assert.deepEqual(oneTooMany.headers, {});
    const good = readPublish(many(1_000), 5);
    assert.deepEqual(
      [good.unreadable, good.key, (good.headers['a'] as string[]).length],
      [undefined, 'k', 1_000],
    );
  });

  const foreign: [string, string][] = [
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a member that it does not have', '{"x":1}'],
    ['a mark for a header that is not there', '{"headers":[{"name":"b","at":0,"value":"base64"}]}'],
    [
      'the same mark twice',
      '{"headers":[{"name":"a","at":0,"value":"none"},{"name":"a","at":0,"value":"none"}]}',
    ],
    ['a value that is no base64', '{"headers":[{"name":"a","at":0,"value":"base64"}]}'],
    ['an encoding that is not known', '{"headers":[{"name":"a","at":0,"value":"rot13"}]}'],
    ['a tombstone with a body', '{"tombstone":true}'],
    ['an order that is no list', '{"order":"a"}'],
  ];
  for (const [what, marks] of foreign) {
    it(`are headers as they came where the marks are ${what}, and go on so`, () => {
      const pairs: HeaderPair[] = [
        ['a', '%zz'],
        ['gridwire-encoding', marks],
      ];
      const read = readUserProperties(pairs, true);
      assert.deepEqual(read, headersOfPairs(pairs));
      assert.deepEqual(readUserProperties(onTheWire(userProperties(message(read))), true), read);
    });
  }

  it('of any kind never throw, and come out the same when they are sent on', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('gridwire-encoding', 'gridwire-key', 'a', '{"order":["a"]}', '{"headers":[]}'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 5 }), (pairs) => {
        const read = readUserProperties(pairs, true);
        assert.deepEqual(readUserProperties(onTheWire(userProperties(message(read))), true), read);
      }),
      { numRuns: 2_000, seed: 13 },
    );
  });
});
