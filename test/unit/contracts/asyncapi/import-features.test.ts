import assert from 'node:assert/strict';
import { type Imported, readAsyncApi } from '../../../../src/contracts/asyncapi/import.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { toCloudEvent, unwrapCloudEvent } from '../../../../src/contracts/cloudevents/cloudevents.js';
import { inbound, refusal } from '../helpers/check.js';

const read = (yaml: string): Imported & { contract: Contract } => {
  const imported = readAsyncApi(`asyncapi: 3.0.0\ninfo: { title: Plant, version: 1.10.0 }\n${yaml}`);
  return { ...imported, contract: new Contract(imported.data) };
};
const channel = (payload: string, more = ''): string =>
  `channels:\n  c:\n    address: c\n    messages:\n      m: { payload: ${payload}${more} }\n`;

describe('AsyncAPI: names', () => {
  it('with half a character are refused, and not an internal error', () => {
    for (const half of ['c\ud800', 'm\udc00']) {
      const document = {
        asyncapi: '3.0.0',
        info: { title: 't', version: '1' },
        channels: { [half]: { address: 'c', messages: { [half]: { payload: { type: 'number' } } } } },
      };
      const error = refusal(() => readAsyncApi(JSON.stringify(document)));
      assert.equal(error.code, 'CONTRACT_INVALID');
      assert.match(error.message, /half a character/);
    }
  });
});

describe('AsyncAPI: a version', () => {
  it('that YAML reads as a number is called that, and not missing', () => {
    const { message } = refusal(() => readAsyncApi(`asyncapi: 3.0\n${channel('{}')}`));
    assert.match(message, /its version is the number 3; write it in full, such as asyncapi: 3\.0\.0/);
  });
});

describe('AsyncAPI: references', () => {
  const everywhere = read(`
channels:
  plant/power: { $ref: '#/components/channels/plant~1power' }
operations:
  first: { $ref: '#/components/operations/first' }
components:
  channels:
    plant/power:
      address: plants/{plant}/power
      parameters: { plant: { $ref: '#/components/parameters/the~0plant' } }
      messages: { power: { $ref: '#/components/messages/power%20now' } }
  parameters: { the~plant: { description: Which one., enum: [north, south], default: north } }
  messages:
    power now:
      traits: [{ $ref: '#/components/messageTraits/titled' }]
      payload: { $ref: '#/components/schemas/a~1b' }
  messageTraits: { titled: { title: Power, summary: From the trait. } }
  schemas:
    a/b: { type: object, required: [kw], properties: { kw: { $ref: '#/components/schemas/a~1b/x-parts/0' } }, x-parts: [{ type: number }] }
  operations:
    first:
      action: send
      channel: { $ref: '#/channels/plant~1power' }
      messages: [{ $ref: '#/channels/plant~1power/messages/power' }]
      bindings: { $ref: '#/components/operationBindings/exact' }
  operationBindings: { exact: { mqtt: { qos: 2, retain: true } } }
`);

  it('are followed wherever they stand, with ~1, ~0 and %20', () => {
    const { contract } = everywhere;
    const event = contract.build('power', { payload: { kw: 3 } });
    assert.deepEqual([event.topic, event.qos, event.retain], ['plants/north/power', 2, true]);
    assert.equal(contract.type('power').data.title, 'Power');
    assert.equal(
      refusal(() => contract.build('power', { payload: { kw: 'much' } })).code,
      'SCHEMA_VIOLATION',
    );
  });

  it('are followed where all channels, messages or operations of a place are one', () => {
    const { contract, notes } = read(`
channels: { $ref: '#/x-shared/channels' }
operations: { $ref: '#/x-shared/operations' }
x-shared:
  channels: { power: { address: power, messages: { $ref: '#/x-shared/messages' } } }
  messages: { kw: { payload: { type: number } } }
  operations:
    send:
      action: send
      channel: { $ref: '#/channels/power' }
      messages: [{ $ref: '#/channels/power/messages/kw' }]
      bindings: { mqtt: { qos: 2, retain: true } }
`);
    const { topic, qos, retain } = contract.build('kw', { payload: 45.2 });
    assert.deepEqual([topic, qos, retain, notes], ['power', 2, true, []]);
  });

  it('a parameter with an enum takes nothing else, when writing and when reading', () => {
    const { contract } = everywhere;
    const write = () => contract.build('power', { payload: { kw: 3 }, parameters: { plant: 'west' } });
    assert.equal(refusal(write).code, 'IDENTIFIER_ILLEGAL');
    assert.equal(
      refusal(() => contract.parse(inbound('plants/west/power', { kw: 3 }))).code,
      'TOPIC_UNKNOWN',
    );
    assert.equal(contract.parse(inbound('plants/south/power', { kw: 3 })).parameters['plant'], 'south');
  });

  it('to another file leave a message unchecked and say so, but make no schema of nothing', () => {
    const { contract, notes } = read(
      "channels: { c: { address: c, messages: { m: { $ref: './common/messages.yaml#/m' } } } }",
    );
    assert.ok(contract.parse(inbound('c', { any: 1 })));
    assert.match(notes.join('\n'), /common\/messages\.yaml.*leads out of the document/);
    assert.equal(refusal(() => read(channel("{ $ref: './schemas.yaml' }"))).code, 'CONTRACT_INVALID');
  });

  it('in circles are refused wherever they stand', () => {
    const circles = [
      "channels: { c: { $ref: '#/channels/c' } }",
      "channels: { c: { address: c, messages: { m: { $ref: '#/channels/c/messages/m' } } } }",
      channel("{ allOf: [{ $ref: '#/channels/c/messages/m/payload' }] }"),
      `${channel("{ $ref: '#/components/schemas/a' }")}components: { schemas: { a: { anyOf: [{ $ref: '#/components/schemas/b' }] }, b: { not: { $ref: '#/components/schemas/a' } } } }`,
      `${channel('{}')}operations: { o: { $ref: '#/operations/o' } }`,
    ];
    for (const yaml of circles) assert.equal(refusal(() => read(yaml)).code, 'CONTRACT_INVALID', yaml);
  });

  it('that multiply are bounded, over the whole document', () => {
    const levels = Array.from({ length: 20 }, (_, level) => {
      const next = `{ $ref: '#/components/schemas/s${level + 1}' }`;
      return `    s${level}: { allOf: [${next}, ${next}] }`;
    });
    const yaml = `${channel("{ $ref: '#/components/schemas/s0' }")}components:\n  schemas:\n${levels.join('\n')}\n    s20: {}`;
    assert.match(refusal(() => read(yaml)).message, /more than 200000 values/);
  });
});

describe('AsyncAPI: traits', () => {
  it('of two the later counts, and what an operation says itself counts most', () => {
    const { contract } = read(`${channel('{ type: object }')}operations:
  o:
    action: send
    channel: { $ref: '#/channels/c' }
    traits: [{ bindings: { mqtt: { qos: 0, retain: true } } }, { bindings: { mqtt: { qos: 2 } } }]
    bindings: { mqtt: { messageExpiryInterval: 30 } }
`);
    const { qos, retain, timeToLive } = contract.type('m').data;
    assert.deepEqual({ qos, retain, timeToLive }, { qos: 2, retain: true, timeToLive: 30 });
    const own = read(`${channel('{ type: object }')}operations:
  o: { action: send, channel: { $ref: '#/channels/c' }, traits: [{ bindings: { mqtt: { qos: 0 } } }], bindings: { mqtt: { qos: 2 } } }
`);
    assert.equal(own.contract.type('m').data.qos, 2);
  });
});

describe('AsyncAPI: several messages of one channel', () => {
  const { contract } = read(`
channels:
  c:
    address: c
    messages:
      on: { payload: { type: object, required: [kind], properties: { kind: { const: on } } } }
      off: { payload: { type: object, required: [kind], properties: { kind: { enum: [off, standby] } } } }
      nested: { payload: { type: object, required: [head], properties: { head: { type: object, required: [t], properties: { t: { const: 7 } } } } } }
      ramp: { payload: { type: object, required: [percent, seconds] } }
      dim: { payload: { type: object, required: [percent] } }
      celsius: { payload: { type: object, required: [value], properties: { value: { type: number } } } }
      word: { payload: { type: object, required: [value], properties: { value: { type: string } } } }
      slash: { payload: { allOf: [{ type: object, required: [a/b] }, { properties: { a/b: { const: 1 } } }] } }
      count: { payload: { type: integer } }
      list: { payload: { type: array, items: { type: number } } }
`);
  const cases: [body: string, type: string][] = [
    ['{"kind":"on"}', 'on'],
    ['{"kind":"off"}', 'off'],
    ['{"kind":"standby"}', 'off'],
    ['{"head":{"t":7}}', 'nested'],
    ['{"percent":1,"seconds":2}', 'ramp'],
    ['{"percent":1}', 'dim'],
    ['{"value":3.5}', 'celsius'],
    ['{"value":"warm"}', 'word'],
    ['{"a/b":1}', 'slash'],
    ['42', 'count'],
    ['[1,2]', 'list'],
  ];
  for (const [body, type] of cases) {
    it(`${body} is ${type}`, () => assert.equal(contract.parse(inbound('c', Buffer.from(body))).type, type));
  }

  it('what is none of them is refused', () => {
    for (const body of ['{"kind":"up"}', '{"head":{"t":8}}', '"text"']) {
      const { code } = refusal(() => contract.parse(inbound('c', Buffer.from(body))));
      assert.match(code, /TYPE_UNKNOWN|SCHEMA_VIOLATION/, body);
    }
  });

  it('two channels of one address count as one', () => {
    const both = read(`
channels:
  a: { address: x, messages: { m: { payload: { type: object, required: [a] } } } }
  b: { address: x, messages: { m: { payload: { type: object, required: [b] } } } }
`).contract;
    assert.deepEqual(
      both.types.map(({ name }) => name),
      ['m', 'b-m'],
    );
    assert.equal(both.parse(inbound('x', { b: 1 })).type, 'b-m');
  });
});

describe('AsyncAPI: payloads that are no objects', () => {
  const { contract } = read(`
channels:
  meter: { address: 'meter/{id}/kw', messages: { kw: { payload: { type: number, minimum: 0 } } } }
  any: { address: any, messages: { any: { payload: true } } }
`);

  for (const [type, payload, topic] of [
    ['kw', 45.2, 'meter/7/kw'],
    ['any', 'text', 'any'],
    ['any', [1, null], 'any'],
    ['any', null, 'any'],
    ['any', { a: 1 }, 'any'],
  ] as const) {
    it(`${JSON.stringify(payload)} goes out as it is and comes back`, () => {
      const event = contract.build(type, { payload, parameters: { id: '7' } });
      const wire = contract.serialise(event);
      assert.equal(Buffer.from(wire.body).toString(), JSON.stringify(payload));
      assert.deepEqual(contract.parse(inbound(topic, Buffer.from(wire.body))).payload, payload);
      for (const mode of ['binary', 'structured'] as const) {
        const cloud = toCloudEvent(contract, event, mode, 'kafka');
        const back = unwrapCloudEvent({ ...cloud, receivedAt: 0, redelivered: false });
        assert.deepEqual(JSON.parse(Buffer.from(back.body).toString()), payload);
      }
    });
  }

  it('is checked, and the place is the document', () => {
    const error = refusal(() => contract.parse(inbound('meter/7/kw', Buffer.from('-1'))));
    assert.match(error.message, /the document must be >= 0/);
    assert.equal(
      refusal(() => contract.parse(inbound('meter/7/kw', Buffer.from('{"kw":1}')))).code,
      'SCHEMA_VIOLATION',
    );
  });
});

describe('AsyncAPI: schemas', () => {
  it('an unknown format is left out with a note, wherever it stands; a known one is checked', () => {
    const { contract, notes } = read(
      channel(
        '{ type: object, properties: { a: { type: string, format: chargepoint }, format: { type: string, format: ipv4 } } }',
      ),
    );
    assert.ok(contract.build('m', { payload: { a: 'x', format: '10.0.0.1' } }));
    assert.equal(refusal(() => contract.build('m', { payload: { format: 'x' } })).code, 'SCHEMA_VIOLATION');
    assert.match(notes.join('\n'), /format "chargepoint" is not known and not checked/);
  });

  it('a pattern that cannot run in linear time is left out with a note', () => {
    const { contract, notes } = read(channel("{ type: string, pattern: '^(?=a)b' }"));
    assert.ok(contract.build('m', { payload: 'x' }));
    assert.match(notes.join('\n'), /not checked by a pattern/);
  });

  const dependent = '{ type: object, dependentRequired: { a: [b] } }';
  for (const [format, isKnown] of [
    ['application/schema+json;version=2019-09', true],
    ['application/schema+yaml;version=2020-12', true],
    ['application/schema+json; version="draft/2020-12"', true],
    ['application/schema+json;version=draft-07', false],
    ['application/vnd.aai.asyncapi+json;version=3.0.0', false],
  ] as const) {
    it(`the draft is the one that ${format} names`, () => {
      const payload = `{ schemaFormat: '${format}', schema: ${dependent} }`;
      const violate = () => read(channel(payload)).contract.build('m', { payload: { a: 1 } });
      assert.equal(refusal(violate).code, isKnown ? 'SCHEMA_VIOLATION' : 'CONTRACT_INVALID');
    });
  }

  for (const format of [
    'application/vnd.apache.avro;version=1.9.0',
    'application/vnd.google.protobuf;version=3',
    'application/schema+json;version=draft-04',
    'application/raml+yaml;version=1.0',
  ]) {
    it(`${format} is not checked, and the panel says so`, () => {
      const { contract, notes } = read(
        channel(`{ schemaFormat: '${format}', schema: { $ref: 'https://example.com/a.avsc' } }`),
      );
      assert.ok(contract.parse(inbound('c', { any: 1 })));
      assert.match(notes.join('\n'), /only JSON Schema from draft 06 can be used/);
    });
  }
});

describe('AsyncAPI: what is not carried over is listed', () => {
  const { notes, contract } = read(`
servers: { test: { host: 'localhost:1883', protocol: mqtt } }
channels:
  replies: { address: null, messages: { r: { payload: {} } } }
  c:
    address: 'x/{a-b}/{a_b}/{0}'
    parameters: { a-b: { location: '$message.header#/id' } }
    messages:
      m:
        headers: { type: object }
        correlationId: { location: '$message.header#/id' }
        contentType: text/csv
        payload: { type: object }
operations:
  o:
    action: receive
    channel: { $ref: '#/channels/c' }
    reply: { channel: { $ref: '#/channels/replies' } }
    security: []
    bindings: { kafka: { groupId: { type: string } }, mqtt: { messageExpiryInterval: { type: integer } } }
`);
  for (const word of [
    /Servers/,
    /channel replies has no address/,
    /a-b is not taken from/,
    /headers, correlationId/,
    /text\/csv/,
    /Replies of operations/,
    /for kafka/,
    /Security of operations/,
    /its expiry/,
  ]) {
    it(`names ${word.source}`, () => assert.match(notes.join('\n'), word));
  }

  it('parameters get names that placeholders can have, each its own', () => {
    assert.equal(contract.type('m').topic.text, 'x/{a_b}/{a_b_2}/{p0}');
  });

  it('nothing is listed for what Gridwire exported, and for a document that is carried over as a whole', () => {
    assert.deepEqual(read(channel('{ type: object }')).notes, []);
  });
});

describe('AsyncAPI: huge documents', () => {
  it('are refused by their number of messages, and by the length of an address', () => {
    const messages = Array.from({ length: 600 }, (_, index) => `      m${index}: { payload: {} }`).join('\n');
    assert.match(
      refusal(() => read(`channels:\n  c:\n    address: c\n    messages:\n${messages}`)).message,
      /more than 500 messages/,
    );
    assert.equal(
      refusal(() => read(channel('{}').replace('address: c', `address: '${'{'.repeat(5_000)}'`))).code,
      'CONTRACT_INVALID',
    );
  });
});

describe('AsyncAPI: schemas that call themselves', () => {
  it('are refused or not followed, also in a document that says it is ours', () => {
    const schema =
      '{ $dynamicAnchor: a, allOf: [{ items: { $dynamicRef: "#a" } }, { items: { $dynamicRef: "#a" } }] }';
    const format = "schemaFormat: 'application/schema+json;version=2020-12'";
    const { notes, contract } = read(channel(`{ ${format}, schema: ${schema} }`));
    assert.match(notes.join('\n'), /"\$dynamicRef" is not followed/);
    const deep = Buffer.from(`${'['.repeat(50)}${']'.repeat(50)}`);
    assert.ok(contract.parse(inbound('c', deep)));
    assert.equal(refusal(() => read(channel(schema, ', x-gridwire: {}'))).code, 'CONTRACT_INVALID');
  });

  it('many operations and messages are matched without comparing each with each', () => {
    const operations = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`o${index}`, { channel: { $ref: '#/channels/c' } }]),
    );
    const messages = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`m${index}`, { payload: {} }]),
    );
    const document = { asyncapi: '3.0.0', info: {}, operations, channels: { c: { address: 'c', messages } } };
    assert.equal(Object.keys(readAsyncApi(JSON.stringify(document)).data.types).length, 20);
  });
});

describe('AsyncAPI: what is left out never refuses what the document allows', () => {
  const pattern = "{ type: string, pattern: '(?=x)y' }";
  const cases: [name: string, schema: string, body: string][] = [
    ['not', `{ not: ${pattern} }`, '"anything"'],
    ['oneOf', `{ oneOf: [${pattern}, { type: string, pattern: '(?!x)y' }] }`, '"anything"'],
    ['if', `{ if: ${pattern}, then: { const: a }, else: true }`, '"anything"'],
    ['contains', `{ type: array, contains: ${pattern}, maxContains: 1 }`, '["a", "b"]'],
    ['patternProperties', "{ patternProperties: { '^(?!x)': {} }, additionalProperties: false }", '{"a":1}'],
    [
      'patternProperties within allOf',
      "{ allOf: [{ patternProperties: { '^(?!x)': {} } }], unevaluatedProperties: false }",
      '{"a":1}',
    ],
    ['a format below not', '{ not: { type: string, format: meter-id } }', '"anything"'],
  ];
  for (const [name, schema, body] of cases) {
    it(name, () => {
      const format = "schemaFormat: 'application/schema+json;version=2020-12'";
      const { notes, contract } = read(channel(`{ ${format}, schema: ${schema} }`));
      assert.match(notes.join('\n'), /is not checked, because/);
      assert.ok(contract.parse(inbound('c', Buffer.from(body))));
    });
  }

  it('and the rest stays strict', () => {
    const { notes, contract } = read(
      channel("{ type: object, properties: { a: { pattern: '(?=x)y' } }, additionalProperties: false }"),
    );
    assert.doesNotMatch(notes.join('\n'), /additionalProperties/);
    assert.equal(refusal(() => contract.parse(inbound('c', { b: 1 }))).code, 'SCHEMA_VIOLATION');
  });
});

describe('AsyncAPI: what is not understood is said', () => {
  it('what stands beside a reference', () => {
    const { notes } = read(
      `${channel("{ $ref: '#/components/schemas/s', title: T, required: [x] }")}components: { schemas: { s: { type: object } } }\n`,
    );
    assert.match(
      notes.join('\n'),
      /^required beside the reference "#\/components\/schemas\/s" is not checked/,
    );
  });

  it('QoS, retain and expiry that are none', () => {
    const { notes, data } = read(
      `${channel('{}')}operations: { o: { channel: { $ref: '#/channels/c' }, bindings: { mqtt: { qos: '2', retain: 'true', messageExpiryInterval: -5 } } } }\n`,
    );
    assert.match(notes.join('\n'), /QoS is "2"[^]*"retain" is "true"/);
    assert.match(notes.join('\n'), /expiry is not a number/);
    assert.equal(data.types['m']?.role, 'event');
  });

  const SCHEMA =
    "{ type: object, default: { $ref: '#/nowhere' }, examples: [{ $ref: 'other.yaml' }], required: [link], properties: { link: { const: { $ref: '#/components/schemas/s' } }, kind: { enum: [{ $ref: 'a' }, 1] }, default: { $ref: '#/components/schemas/s' }, enum: { allOf: [{ $ref: '#/components/schemas/s' }] }, }, }";
  it('what looks like a reference among values is a value, and a property may have the name of a keyword', () => {
    const { contract } = read(`${channel(SCHEMA)}components: { schemas: { s: { type: integer } } }\n`);
    const link = { $ref: '#/components/schemas/s' };
    for (const payload of [{ link }, { link, kind: { $ref: 'a' } }, { link, default: 1, enum: 2 }])
      assert.deepEqual(contract.parse(inbound('c', payload)).payload, payload);
    for (const payload of [{ link: 5 }, { link, kind: 2 }, { link, default: 'x' }, { link, enum: 'x' }])
      assert.equal(refusal(() => contract.parse(inbound('c', payload))).code, 'SCHEMA_VIOLATION');
  });

  it('references that go deep, and a version that is not 3, with what to do', () => {
    const schemas = Array.from({ length: 90 }, (_each, at) =>
      at === 89
        ? `s89: { type: integer }`
        : `s${at}: { properties: { a: { $ref: '#/components/schemas/s${at + 1}' } } }`,
    );
    const deep = `${channel("{ $ref: '#/components/schemas/s50' }")}components: { schemas: { ${schemas.join(', ')} } }\n`;
    assert.ok(read(deep).contract);
    for (const version of ['2.6.0', '1.2.0', '4.0.0'])
      assert.match(
        refusal(() => readAsyncApi(`asyncapi: ${version}\nchannels: {}\n`)).message,
        /3 is needed.*npx @asyncapi\/cli convert/,
      );
  });

  it('a payload that is no schema, and a draft named like a member of every object', () => {
    for (const payload of ['5', '[]', 'text'])
      assert.equal(refusal(() => read(channel(payload))).code, 'CONTRACT_INVALID');
    const { notes } = read(
      channel("{ schemaFormat: 'application/schema+json;version=constructor', schema: { type: object } }"),
    );
    assert.match(notes.join('\n'), /version=constructor/);
  });

  it('messages are told apart by what they always have, not by what a member that may be missing would have', () => {
    const { contract } = read(`
channels:
  c:
    address: c
    messages:
      power: { payload: { type: object, required: [kw], properties: { kw: {}, site: { type: object, required: [id] } } } }
      voltage: { payload: { type: object, required: [v] } }
`);
    assert.equal(contract.parse(inbound('c', { kw: 1 })).type, 'power');
    assert.equal(contract.parse(inbound('c', { v: 1 })).type, 'voltage');
  });
});
