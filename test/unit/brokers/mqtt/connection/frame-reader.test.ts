import assert from 'node:assert/strict';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { Frame, FrameReader, PUBLISH } from '../../../../../src/brokers/mqtt/connection/frame-reader.js';
import { readPublish } from '../../../../../src/brokers/mqtt/connection/publish-packet.js';
import { GridwireError } from '../../../../../src/errors.js';

const isProtocolError = (error: unknown) =>
  error instanceof GridwireError && error.code === 'BROKER_PROTOCOL';

/** A PUBLISH of QoS 0 whose variable header begins it. */
function packetOf(bytes: Buffer): Frame {
  return new Frame(PUBLISH << 4, bytes, 0, bytes.length, 0, bytes.length);
}

function framesOf(chunks: Buffer[]): Frame[] {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let frame = reader.next(); frame; frame = reader.next()) frames.push(frame);
  }
  return frames;
}

describe('MQTT frames', () => {
  it('come out the same however the bytes are cut', () => {
    const sizes = fc.array(fc.oneof(fc.nat(300), fc.nat(40_000)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 30 }), (bodies, cuts) => {
        const packets = bodies.map((size, index) =>
          generate({
            cmd: 'publish',
            topic: `t/${index}`,
            payload: Buffer.alloc(size, index),
            qos: 0,
            dup: false,
            retain: false,
          }),
        );
        const chunks: Buffer[] = [];
        let rest = Buffer.concat(packets);
        for (const cut of cuts) {
          chunks.push(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        chunks.push(rest);
        assert.deepEqual(
          framesOf(chunks).map(({ bytes }) => Buffer.from(bytes)),
          packets,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('refuse a length that is no MQTT', () => {
    assert.throws(() => framesOf([Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80])]), isProtocolError);
  });

  for (const protocolVersion of [4, 5] as const) {
    it(`carry a PUBLISH of version ${protocolVersion} as it was written`, () => {
      const packet = {
        cmd: 'publish' as const,
        topic: 'ä/b',
        payload: Buffer.from([0, 255, 1]),
        qos: 2 as const,
        dup: true,
        retain: true,
        messageId: 65_535,
        properties: {
          payloadFormatIndicator: true,
          messageExpiryInterval: 70_000,
          contentType: 'text/plain',
          responseTopic: 'r',
          correlationData: Buffer.from('c'),
          subscriptionIdentifier: 2_097_151,
          userProperties: { a: '1', b: 'ß' },
        },
      };
      const [frame] = framesOf([generate(packet, { protocolVersion })]);
      assert.equal(frame?.type, PUBLISH);
      const read = readPublish(frame, protocolVersion);
      const { topic, body, qos, dup, retain, packetId } = read;
      assert.deepEqual(
        { topic, body, qos, dup, retain, packetId },
        { topic: 'ä/b', body: packet.payload, qos: 2, dup: true, retain: true, packetId: 65_535 },
      );
      const properties = [read.expiry, read.contentType, read.subscriptionIds, read.headers];
      assert.deepEqual(
        properties,
        protocolVersion === 5
          ? [70_000, 'text/plain', [2_097_151], { a: '1', b: 'ß' }]
          : [undefined, undefined, [], {}],
      );
      assert.deepEqual(
        [read.responseTopic, read.correlationData],
        protocolVersion === 5 ? ['r', Buffer.from('c')] : [undefined, undefined],
      );
    });
  }

  for (const [what, topic, contentType, name, answers = [0x61]] of [
    ['topic', [0x61, 0xff], [0x61], [0x61]],
    ['response topic', [0x61], [0x61], [0x61], [0xff]],
    ['content type', [0x61], [0xff, 0x61], [0x61]],
    ['content type', [0x61], [0xed, 0xa0, 0x80], [0x61]],
    ['name of a user property', [0x61], [0x61], [0xc0, 0x80]],
  ] as const) {
    it(`name a ${what} that is no UTF-8 instead of making another one of it`, () => {
      const text = (bytes: readonly number[]) => [0, bytes.length, ...bytes];
      const properties = [3, ...text(contentType), 8, ...text(answers), 0x26, ...text(name), ...text([0x62])];
      const bytes = Buffer.from([...text(topic), properties.length, ...properties, 1, 2]);
      const packet = readPublish(packetOf(bytes), 5);
      assert.equal(packet.unreadable?.code, 'BROKER_PROTOCOL');
      assert.match(packet.unreadable.message, new RegExp(`^The ${what} of the message is no UTF-8`));
      assert.deepEqual(packet.body, Buffer.from([1, 2]));
    });
  }

  for (const topic of ['a/#', '+/b', 'a\0b']) {
    it(`name a topic that no message may have: ${JSON.stringify(topic)}`, () => {
      const bytes = Buffer.from([0, topic.length, ...Buffer.from(topic), 1]);
      const packet = readPublish(packetOf(bytes), 4);
      assert.equal(packet.unreadable?.code, 'BROKER_PROTOCOL');
      assert.deepEqual([packet.topic, packet.body], [topic, Buffer.from([1])]);
    });
  }

  const twice: [what: string, property: number[]][] = [
    ['payload format', [1, 1]],
    ['expiry interval', [2, 0, 0, 0, 9]],
    ['content type', [3, 0, 1, 0x61]],
    ['response topic', [8, 0, 1, 0x61]],
    ['correlation data', [9, 0, 1, 0x61]],
    ['topic alias', [0x23, 0, 1]],
  ];
  for (const [what, property] of twice) {
    it(`name a ${what} that is given twice instead of choosing one`, () => {
      const withProperties = (properties: number[]) => {
        const bytes = Buffer.from([0, 1, 0x61, properties.length, ...properties, 1, 2]);
        return readPublish(packetOf(bytes), 5);
      };
      assert.equal(withProperties(property).unreadable, undefined);
      const packet = withProperties([...property, 0x0b, 7, ...property]);
      assert.equal(packet.unreadable?.code, 'BROKER_PROTOCOL');
      assert.match(packet.unreadable.message, new RegExp(`^The message has the ${what} twice`));
      assert.deepEqual(packet.body, Buffer.from([1, 2]));
    });
  }

  it('refuse properties that are longer than they say', () => {
    const bytes = Buffer.from([0, 1, 0x61, 3, 2, 0, 0, 0, 9, 1]);
    assert.throws(() => readPublish(packetOf(bytes), 5), {
      code: 'BROKER_PROTOCOL',
    });
  });

  it('keep a header named __proto__ a header', () => {
    const userProperties = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    const bytes = generate(
      {
        cmd: 'publish',
        topic: 't',
        payload: '',
        qos: 0,
        dup: false,
        retain: false,
        properties: { userProperties },
      },
      { protocolVersion: 5 },
    );
    const [frame] = framesOf([bytes]);
    assert.ok(frame);
    const { headers } = readPublish(frame, 5);
    assert.equal(Object.getPrototypeOf(headers), Object.prototype);
    assert.deepEqual(Object.keys(headers), ['__proto__']);
  });

  it('never throw anything but a protocol error, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(15),
        fc.constantFrom(4, 5),
        (bytes, flags, version) => {
          const frame = new Frame(
            (PUBLISH << 4) | flags,
            Buffer.from(bytes),
            0,
            bytes.length,
            0,
            bytes.length,
          );
          try {
            readPublish(frame, version);
          } catch (error) {
            assert.ok(isProtocolError(error));
          }
        },
      ),
    );
  });
});
