import assert from 'node:assert/strict';
import { readAsyncApi } from '../../../../src/contracts/asyncapi/import.js';
import { Contract } from '../../../../src/contracts/contract.js';
import type { Json } from '../../../../src/event.js';
import { inbound, refusal } from '../helpers/check.js';

/*
 * Documents of the kinds that the specification's own repository shows, each with what makes it one of its kind. What an
 * event type has no place for has to be among the notes.
 */
const read = (yaml: string, version = '3.0.0'): { contract: Contract; notes: string } => {
  const { data, notes } = readAsyncApi(`asyncapi: ${version}\n${yaml}`);
  return { contract: new Contract(data), notes: notes.join('\n') };
};
const typeOf = (contract: Contract, topic: string, payload: Json): string =>
  contract.parse(inbound(topic, payload)).type;

describe('AsyncAPI: documents of the kinds that its specification shows', () => {
  it('lamps over MQTT: servers with variables and security, traits of operations and messages', () => {
    const { contract, notes } = read(
      `
info: { title: Lamps, version: 1.0.0, license: { name: Apache 2.0 } }
defaultContentType: application/json
servers:
  production:
    host: 'mqtt.example.org:{port}'
    protocol: mqtt
    variables: { port: { default: '1883', enum: ['1883', '8883'] } }
    security: [{ $ref: '#/components/securitySchemes/apiKey' }]
channels:
  measured:
    address: 'lamps/1/0/event/{lampId}/measured'
    messages: { lightMeasured: { $ref: '#/components/messages/lightMeasured' } }
    parameters: { lampId: { $ref: '#/components/parameters/lampId' } }
  dim:
    address: 'lamps/1/0/action/{lampId}/dim'
    messages: { dimLight: { $ref: '#/components/messages/dimLight' } }
    parameters: { lampId: { $ref: '#/components/parameters/lampId' } }
operations:
  receiveMeasurement:
    action: receive
    channel: { $ref: '#/channels/measured' }
    traits: [{ $ref: '#/components/operationTraits/mqtt' }]
    messages: [{ $ref: '#/channels/measured/messages/lightMeasured' }]
  dim:
    action: send
    channel: { $ref: '#/channels/dim' }
    traits: [{ $ref: '#/components/operationTraits/mqtt' }]
    messages: [{ $ref: '#/channels/dim/messages/dimLight' }]
components:
  messages:
    lightMeasured:
      name: lightMeasured
      title: Light measured
      contentType: application/json
      traits: [{ $ref: '#/components/messageTraits/commonHeaders' }]
      payload: { $ref: '#/components/schemas/measured' }
    dimLight:
      traits: [{ $ref: '#/components/messageTraits/commonHeaders' }]
      payload: { type: object, properties: { percentage: { type: integer, minimum: 0, maximum: 100 } } }
  schemas:
    measured: { type: object, properties: { lumens: { type: integer, minimum: 0 }, sentAt: { $ref: '#/components/schemas/sentAt' } } }
    sentAt: { type: string, format: date-time }
  securitySchemes: { apiKey: { type: apiKey, in: user } }
  parameters: { lampId: { description: The ID of the lamp. } }
  messageTraits: { commonHeaders: { headers: { type: object, properties: { app: { type: integer } } } } }
  operationTraits: { mqtt: { bindings: { mqtt: { qos: 2 } } } }
`,
      '3.1.0',
    );
    const event = contract.build('dimLight', { payload: { percentage: 40 }, parameters: { lampId: '7' } });
    assert.deepEqual([event.topic, event.qos], ['lamps/1/0/action/7/dim', 2]);
    assert.equal(typeOf(contract, 'lamps/1/0/event/7/measured', { lumens: 3 }), 'lightMeasured');
    assert.match(notes, /Servers and their security are not carried over/);
    assert.match(notes, /The message lightMeasured: its headers are not carried over/);
  });

  it('lamps over Kafka: dots in addresses, bindings of operations, security of operations, servers of channels', () => {
    const { contract, notes } = read(`
info: { title: Lamps on Kafka, version: 1.0.0 }
servers: { test: { host: 'kafka.example.org:8092', protocol: kafka-secure, security: [{ $ref: '#/components/securitySchemes/saslScram' }] } }
channels:
  turnOn:
    address: 'lamps.1.0.action.{lampId}.turn.on'
    servers: [{ $ref: '#/servers/test' }]
    messages: { turnOn: { $ref: '#/components/messages/turnOnOff' } }
    parameters: { lampId: { description: The ID of the lamp. } }
operations:
  turnOn:
    action: send
    channel: { $ref: '#/channels/turnOn' }
    security: [{ type: oauth2, flows: { clientCredentials: { tokenUrl: 'https://example.com/token', availableScopes: { read: r } } }, scopes: [read] }]
    traits: [{ $ref: '#/components/operationTraits/kafka' }]
    messages: [{ $ref: '#/channels/turnOn/messages/turnOn' }]
components:
  messages: { turnOnOff: { payload: { type: object, properties: { command: { type: string, enum: ['on', 'off'] } } } } }
  securitySchemes: { saslScram: { type: scramSha256 } }
  operationTraits: { kafka: { bindings: { kafka: { clientId: { type: string, enum: [my-app-id] } } } } }
`);
    const event = contract.build('turnOn', { payload: { command: 'on' }, parameters: { lampId: '7' } });
    assert.equal(event.topic, 'lamps.1.0.action.7.turn.on');
    assert.match(notes, /Bindings of operations for kafka/);
    assert.match(notes, /Security of operations is not carried over/);
    assert.match(notes, /Servers and their security/);
  });

  it('anyOf, oneOf and not, also where an operation names the message in the components', () => {
    const { contract, notes } = read(`
info: { title: Any, version: 1.0.0 }
channels:
  test: { address: test, messages: { publish.message: { $ref: '#/components/messages/either' } } }
  one:
    address: one
    messages:
      withKey: { payload: { $ref: '#/components/schemas/withKey' } }
      withKey2: { payload: { $ref: '#/components/schemas/withKey2' } }
  not: { address: not, messages: { never: { payload: { type: object, properties: { key: { not: { type: integer } } } } } } }
operations:
  publish: { action: receive, channel: { $ref: '#/channels/test' }, messages: [{ $ref: '#/components/messages/either' }], bindings: { mqtt: { qos: 0 } } }
components:
  messages: { either: { payload: { anyOf: [{ $ref: '#/components/schemas/withKey' }, { $ref: '#/components/schemas/withKey2' }] } } }
  schemas:
    withKey: { type: object, required: [key], properties: { key: { type: string, additionalProperties: false } } }
    withKey2: { type: object, required: [key2], properties: { key2: { type: string } } }
`);
    const { qos } = contract.type('publish.message').data;
    assert.equal(qos, 0);
    assert.equal(typeOf(contract, 'test', { key: 'a' }), 'publish.message');
    assert.equal(typeOf(contract, 'one', { key2: 'a' }), 'withKey2');
    assert.equal(refusal(() => contract.parse(inbound('test', { key: 1 }))).code, 'SCHEMA_VIOLATION');
    assert.equal(refusal(() => contract.parse(inbound('not', { key: 1 }))).code, 'SCHEMA_VIOLATION');
    assert.equal(notes, '');
  });

  it('a stream over HTTP: a payload with a schemaFormat of its own, a heartbeat that is a text', () => {
    const { contract, notes } = read(`
id: 'tag:stream.example,2022:api'
info: { title: Streaming, version: 1.0.0 }
servers: { production: { host: stream.example, pathname: /v1, protocol: https, protocolVersion: '1.1' } }
channels:
  rooms:
    address: '/rooms/{roomId}/{resource}'
    messages: { chat: { $ref: '#/components/messages/chat' }, heartbeat: { $ref: '#/components/messages/heartbeat' } }
    parameters:
      roomId: { description: Id of the room., examples: [53307860c3599d1de448e19d] }
      resource: { enum: [chatMessages, events], description: The resource. }
operations:
  send: { action: send, channel: { $ref: '#/channels/rooms' }, bindings: { http: { method: POST } }, messages: [{ $ref: '#/channels/rooms/messages/chat' }, { $ref: '#/channels/rooms/messages/heartbeat' }] }
components:
  messages:
    chat:
      payload: { schemaFormat: application/schema+yaml;version=draft-07, schema: { type: object, properties: { text: { type: string }, sent: { type: string, format: date-time } } } }
      bindings: { http: { headers: { type: object } } }
    heartbeat:
      payload: { schemaFormat: application/schema+yaml;version=draft-07, schema: { type: string, enum: ["\\r\\n"] } }
      bindings: { http: { headers: { type: object } } }
`);
    assert.equal(typeOf(contract, '/rooms/r1/events', { text: 'hello' }), 'chat');
    assert.equal(
      contract.parse({ ...inbound('/rooms/r1/events', {}), body: Buffer.from('"\\r\\n"') }).type,
      'heartbeat',
    );
    assert.match(notes, /The message chat: its bindings are not carried over/);
    assert.match(notes, /Bindings of operations for http/);
  });

  it('a socket with forty messages on one channel, told apart by an enum of one value', () => {
    const names = Array.from({ length: 40 }, (_, index) => `event_${index}`);
    const { contract } = read(
      `
info: { title: Real time, version: 1.0.0 }
channels:
  root:
    address: /
    messages:
${names.map((name) => `      ${name}: { payload: { type: object, properties: { type: { type: string, enum: [${name}] }, comment: {} } } }`).join('\n')}
`,
      '3.1.0',
    );
    for (const name of names) assert.equal(typeOf(contract, '/', { type: name, comment: 1 }), name);
  });

  it('market data: query bindings of a channel, a oneOf below a type, examples in the message', () => {
    const { contract, notes } = read(`
info: { title: Market data, version: 1.0.0, contact: { name: Market } }
channels:
  v1:
    address: '/v1/marketdata/{symbol}'
    messages: { marketData: { $ref: '#/components/messages/marketData' } }
    parameters: { symbol: { enum: [btcusd, 1inchusd] } }
    bindings: { ws: { bindingVersion: 0.1.0, query: { type: object, properties: { heartbeat: { type: boolean, default: false } } } } }
operations: { send: { action: send, channel: { $ref: '#/channels/v1' }, messages: [{ $ref: '#/channels/v1/messages/marketData' }] } }
components:
  messages:
    marketData:
      payload: { $ref: '#/components/schemas/market' }
      examples: [{ name: update, payload: { type: update, timestampms: 1619769673527, price: 54350.40 } }, { name: beat, payload: { type: heartbeat } }]
  schemas:
    market: { type: object, oneOf: [{ $ref: '#/components/schemas/heartbeat' }, { $ref: '#/components/schemas/update' }] }
    heartbeat: { allOf: [{ properties: { type: { type: string, const: heartbeat } }, required: [type] }, { $ref: '#/components/schemas/all' }] }
    update: { allOf: [{ properties: { type: { type: string, const: update }, price: { type: number, multipleOf: 0.01 } }, required: [type, price] }, { $ref: '#/components/schemas/all' }] }
    all: { type: object, required: [type], properties: { socket_sequence: { type: integer } } }
`);
    assert.equal(
      typeOf(contract, '/v1/marketdata/1inchusd', { type: 'heartbeat', socket_sequence: 1 }),
      'marketData',
    );
    assert.equal(
      refusal(() => contract.parse(inbound('/v1/marketdata/btcusd', { type: 'x' }))).code,
      'SCHEMA_VIOLATION',
    );
    assert.equal(
      refusal(() => contract.parse(inbound('/v1/marketdata/eurusd', { type: 'heartbeat' }))).code,
      'TOPIC_UNKNOWN',
    );
    assert.match(notes, /Bindings of channels for ws are not carried over/);
  });

  it('request and reply over Kafka: Avro from elsewhere, correlation ids, a reply address, bindings everywhere', () => {
    const { contract, notes } = read(`
info: { title: Costing, version: "%REPLACED%" }
servers: { production: { host: "prod.url:9092", protocol: kafka-secure, bindings: { kafka: { schemaRegistryUrl: https://registry.prod.url/ } } } }
channels:
  request:
    address: "case-{env}-COSTING-REQUEST-{version}"
    parameters: { env: { enum: [dev, prod] }, version: { examples: [V1], default: V1 } }
    bindings: { kafka: { replicas: 3, partitions: 3, topicConfiguration: { cleanup.policy: [delete], retention.ms: 604800000 } } }
    messages: { costingRequest: { $ref: "#/components/messages/request" } }
  response:
    address: "case-{env}-COSTING-RESPONSE-{version}"
    parameters: { env: { enum: [dev, prod] }, version: { default: V1 } }
    messages: { costingResponse: { payload: { schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: { $ref: "https://example.com/Response.avsc" } } } }
operations:
  requestCosting:
    action: receive
    channel: { $ref: '#/channels/request' }
    reply: { channel: { $ref: '#/channels/response' }, address: { location: '$message.header#/REPLY_TOPIC' } }
    bindings: { kafka: { groupId: { type: string } } }
components:
  correlationIds: { costing: { location: $message.header#/REQUEST_ID } }
  messages:
    request:
      correlationId: { $ref: "#/components/correlationIds/costing" }
      headers: { type: object, required: [REQUEST_ID], properties: { REQUEST_ID: { type: string, format: uuid, example: 1fa6ef40 } } }
      bindings: { kafka: { key: { schemaFormat: 'application/vnd.apache.avro+json;version=1.9.0', schema: { $ref: "https://example.com/Key.avsc" } } } }
      payload: { schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: { $ref: "https://example.com/Request.avsc" } }
`);
    const { topic } = contract.build('costingRequest', { payload: { any: 1 }, parameters: { env: 'dev' } });
    assert.equal(topic, 'case-dev-COSTING-REQUEST-V1');
    assert.match(notes, /Replies of operations are not carried over/);
    assert.match(notes, /costingRequest: its headers, correlationId, bindings are not carried over/);
    assert.match(notes, /vnd\.apache\.avro.* Its payload is not checked/);
    assert.match(notes, /Bindings of channels for kafka/);
  });

  it('request and reply over a socket: several channels of one address, const, reply by messages', () => {
    const { contract, notes } = read(
      `
info: { title: Sockets, version: '1.8.0' }
channels:
  ping: { address: /, messages: { ping: { $ref: '#/components/messages/ping' } } }
  pong: { address: /, messages: { pong: { $ref: '#/components/messages/pong' } } }
  info:
    address: /
    messages:
      status: { payload: { type: object, oneOf: [{ required: [errorMessage] }, { required: [channelID] }], properties: { event: { type: string, const: status }, pair: { type: array, items: { type: string, pattern: '[A-Z\\s]+\\/[A-Z\\s]+' } } } } }
operations:
  receivePing: { action: receive, channel: { $ref: '#/channels/ping' }, reply: { channel: { $ref: '#/channels/pong' }, messages: [{ $ref: '#/channels/pong/messages/pong' }] } }
components:
  messages:
    ping: { payload: { type: object, properties: { event: { type: string, const: ping }, reqid: { type: integer } }, required: [event] }, correlationId: { location: '$message.payload#/reqid' } }
    pong: { payload: { type: object, properties: { event: { type: string, const: pong }, reqid: { type: integer } } }, correlationId: { location: '$message.payload#/reqid' } }
`,
      '3.1.0',
    );
    assert.equal(typeOf(contract, '/', { event: 'ping', reqid: 1 }), 'ping');
    assert.equal(typeOf(contract, '/', { event: 'pong' }), 'pong');
    assert.equal(typeOf(contract, '/', { event: 'status', channelID: 1, pair: ['XBT/EUR'] }), 'status');
    assert.match(notes, /Replies of operations/);
    assert.match(notes, /The message ping: its correlationId/);
  });

  it('remote calls: an address that is a parameter alone, an empty parameter, bindings of queues', () => {
    const { contract, notes } = read(
      `
id: 'urn:example:rpcclient'
info: { title: Calls, version: 1.0.0 }
channels:
  queue:
    address: '{queue}'
    messages: { sum: { correlationId: { location: $message.header#/correlation_id }, payload: { type: object, properties: { result: { type: number, examples: [7] } } } } }
    parameters: { queue: {} }
    bindings: { amqp: { is: queue, queue: { exclusive: true } } }
  rpc_queue: { address: rpc_queue, messages: { request: { payload: { type: object, required: [numbers], properties: { numbers: { type: array, items: { type: number }, examples: [[4, 3]] } } } } } }
operations:
  receive: { action: receive, channel: { $ref: '#/channels/queue' }, bindings: { amqp: { ack: false } }, messages: [{ $ref: '#/channels/queue/messages/sum' }] }
`,
      '3.1.0',
    );
    assert.equal(
      contract.build('sum', { payload: { result: 7 }, parameters: { queue: 'q-1' } }).topic,
      'q-1',
    );
    assert.equal(typeOf(contract, 'rpc_queue', { numbers: [4, 3] }), 'request');
    assert.match(notes, /Bindings of channels for amqp/);
    assert.match(notes, /Bindings of operations for amqp/);
  });

  it('books of a hub: an address that is a URL, names with @, formats of other drafts, a content type of its own', () => {
    const { contract, notes } = read(`
info: { title: Hub, version: 1.0.0 }
defaultContentType: application/ld+json
servers: { production: { host: demo.example, pathname: /.well-known/mercure, protocol: mercure } }
channels:
  books:
    address: 'https://example.com/books/{id}'
    parameters: { id: { description: ID of the book } }
    messages: { book: { externalDocs: { url: 'https://schema.org/Book' }, payload: { type: object, properties: { '@id': { type: string, format: iri-reference }, isbn: { type: string } } } } }
operations:
  receive: { action: receive, channel: { $ref: '#/channels/books' }, messages: [{ $ref: '#/channels/books/messages/book' }] }
  send: { action: send, channel: { $ref: '#/channels/books' }, messages: [{ $ref: '#/channels/books/messages/book' }] }
`);
    const event = contract.build('book', {
      payload: { '@id': '/books/1', isbn: 'x' },
      parameters: { id: '1' },
    });
    assert.equal(event.topic, 'https://example.com/books/1');
    assert.doesNotMatch(notes, /differ in QoS/);
  });

  it('headers of an application: nested ones, a binary format, a default of another type', () => {
    const { contract, notes } = read(`
info: { title: Headers, version: 1.0.0 }
channels:
  c:
    address: c
    messages:
      m:
        correlationId: { location: $message.header#/MQMD/CorrelId }
        headers: { type: object, properties: { MQMD: { type: object, properties: { CorrelId: { type: string, minLength: 24, format: binary } } }, Content-Type: { type: string, enum: [application/json] } } }
        payload: { type: object, properties: { deprecated: { type: boolean, default: 'false' }, lumens: { type: integer, minimum: 0, description: Light. } } }
operations: { o: { action: receive, channel: { $ref: '#/channels/c' }, messages: [{ $ref: '#/channels/c/messages/m' }] } }
`);
    assert.equal(typeOf(contract, 'c', { lumens: 1 }), 'm');
    assert.match(notes, /The message m: its headers, correlationId are not carried over/);
  });

  it('services of one system: messages, parameters and servers in other files, tags, bindings of servers', () => {
    const { contract, notes } = read(`
info: { title: Public API, version: 1.0.0 }
servers:
  website: { $ref: '../common/servers.yaml#/website' }
  mosquitto: { host: mqtt.example.org, protocol: mqtt, tags: [{ name: 'env:production' }], bindings: { mqtt: { clientId: public-api } } }
channels:
  liked: { address: comment/liked, servers: [{ $ref: '#/servers/mosquitto' }], messages: { commentLiked: { $ref: '../common/messages.yaml#/commentLiked' } } }
  changed:
    address: 'comment/{commentId}/changed'
    parameters: { commentId: { $ref: '../common/parameters.yaml#/commentId' } }
    messages: { commentChanged: { payload: { type: object } } }
operations:
  receive: { action: receive, channel: { $ref: '#/channels/liked' }, messages: [{ $ref: '#/channels/liked/messages/commentLiked' }] }
`);
    assert.equal(typeOf(contract, 'comment/liked', { any: 1 }), 'commentLiked');
    assert.equal(typeOf(contract, 'comment/7/changed', {}), 'commentChanged');
    assert.match(notes, /common\/messages\.yaml.*leads out of the document/);
    assert.match(notes, /common\/parameters\.yaml.*leads out of the document/);
    assert.match(notes, /Servers and their security/);
  });

  it('security by groups that are all wanted, correlation ids in the components, operations on their messages', () => {
    const { contract, notes } = read(`
info: { title: Users, version: 1.0.0 }
servers: { production: { host: api.example.com, protocol: https, security: [[{ $ref: '#/components/securitySchemes/oauth2' }, { $ref: '#/components/securitySchemes/key' }]] } }
channels: { users: { address: /users/events, messages: { userCreated: { $ref: '#/components/messages/UserCreated' } } } }
operations:
  receive:
    action: receive
    channel: { $ref: '#/channels/users' }
    security: [[{ $ref: '#/components/securitySchemes/oauth2' }], [{ $ref: '#/components/securitySchemes/key' }]]
    messages: [{ $ref: '#/components/messages/UserCreated' }]
    bindings: { mqtt: { qos: 2, retain: true, bindingVersion: 0.2.0 } }
components:
  correlationIds: { sent: { location: $message.payload#/sentAt } }
  messages: { UserCreated: { correlationId: { $ref: '#/components/correlationIds/sent' }, payload: { type: object, properties: { email: { type: string, format: email } } } } }
  securitySchemes: { oauth2: { type: oauth2, flows: { clientCredentials: { tokenUrl: https://example.com/token } } }, key: { type: httpApiKey, name: X-API-Key, in: header } }
`);
    const { qos, retain } = contract.type('userCreated').data;
    assert.deepEqual([qos, retain], [2, true]);
    assert.equal(
      refusal(() => contract.parse(inbound('/users/events', { email: 'none' }))).code,
      'SCHEMA_VIOLATION',
    );
    assert.match(notes, /Security of operations is not carried over/);
    assert.match(
      notes,
      /The message userCreated: its correlationId is not|The message userCreated: its correlationId are not/,
    );
  });

  describe('operations of one channel with different QoS', () => {
    const two = (first: string, second: string): string => `
info: { title: Two, version: 1.0.0 }
channels: { c: { address: c, messages: { m: { payload: { type: object } }, n: { payload: { type: object } } } } }
operations:
  measure: { action: send, channel: { $ref: '#/channels/c' }${first} }
  listen: { action: receive, channel: { $ref: '#/channels/c' }${second} }
`;
    const ofM = ", messages: [{ $ref: '#/channels/c/messages/m' }]";
    const qos = (level: number): string => `, bindings: { mqtt: { qos: ${level} } }`;

    it('the first counts, and that is said', () => {
      const { contract, notes } = read(two(ofM + qos(0), ofM + qos(2)));
      assert.deepEqual([contract.type('m').data.qos, contract.type('n').data.qos], [0, 1]);
      assert.match(notes, /The message m: the operations measure and listen differ.*those of measure count/);
      assert.doesNotMatch(notes, /The message n/);
    });

    it('one that names the message counts more than one of the whole channel, and that is said too', () => {
      const { contract, notes } = read(two(qos(0), ofM + qos(2)));
      assert.deepEqual([contract.type('m').data.qos, contract.type('n').data.qos], [2, 0]);
      assert.match(notes, /The message m: the operations listen and measure differ/);
    });

    it('nothing is said where they agree', () => {
      assert.equal(read(two(ofM + qos(2), ofM + qos(2))).notes, '');
    });
  });
});
