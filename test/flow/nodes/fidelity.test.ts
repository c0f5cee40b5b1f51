import assert from 'node:assert/strict';
import type { BrokerNode } from '../../../nodes/runtime/broker-node.js';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { freePort } from '../../../scripts/services/service.js';
import { storedLetter } from '../../../nodes/dlq/letter.js';
import { Contract } from '../../../src/contracts/contract.js';
import { builtInContract } from '../../../src/contracts/library/built-in.js';
import { GridwireError } from '../../../src/errors.js';
import type { WireMessage } from '../../../src/event.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import { mqttBroker } from '../../support/flows.js';
import type { FlowNode } from '../../support/node-red-admin.js';
import { until } from '../../support/wait.js';
import { carried, FIDELITY, randomMessages } from '../../support/random-messages.js';

const COUNT = FIDELITY.count(200);
const SEED = FIDELITY.seed;

const node = (id: string, type: string, more: object): FlowNode => ({
  ...{ id, type, broker: 'broker', contract: '', parameters: [], wires: [[]] },
  ...more,
});
const helper = (id: string): FlowNode => ({ id, type: 'helper' });

describe('Without a contract, the nodes hand on what they get', () => {
  const flows = useFlows();
  const publish = node('publish', 'gridwire-publish', { wires: [['sent']] });
  const subscribe = node('subscribe', 'gridwire-subscribe', { filter: 'a/#', wires: [['seen'], []] });

  /** A message of a flow that asks for just this on the wire. */
  const asked = ({ body, ...rules }: WireMessage): GridwireMessage => ({
    ...rules,
    payload: Buffer.from(body),
  });

  it(`random messages are the same behind the subscribing node, or refused with a code (seed ${SEED})`, async () => {
    await flows.load([memory, publish, subscribe, helper('seen'), helper('sent')]);
    const messages = randomMessages('a/b', { count: COUNT, seed: SEED });
    const taken: WireMessage[] = [];
    for (const [index, message] of messages.entries()) {
      flows.node('publish').receive(asked(message));
      const end = (await settled(() => flows.endsOf('publish'), index + 1))[index];
      if (end === undefined) taken.push(message);
      else assert.match(end, /^(NOT_SUPPORTED|IDENTIFIER_ILLEGAL)$/, JSON.stringify(message));
    }
    assert.ok(taken.length > COUNT / 2, `only ${taken.length} of ${COUNT} were taken`);
    const seen = (await settled(() => flows.received('seen'), taken.length)) as GridwireMessage[];
    assert.equal(seen.length, taken.length);
    for (const [index, { original }] of seen.entries())
      assert.deepEqual(
        carried(original as WireMessage),
        carried(taken[index] as WireMessage),
        `message ${index}`,
      );
  });

  it('a letter that is a record says why it failed, where letters lie and nowhere else', async () => {
    const listen = { ...subscribe, filter: '#' };
    await flows.load([memory, publish, listen, helper('seen'), helper('sent')]);
    const payload = JSON.stringify({
      ...{ original_topic: 'tracker/events/a/b', failure_reason: 'no', failure_code: 'BODY_EMPTY' },
      ...{ failure_timestamp: '2026-11-30T08:00:00Z', payload: 'x' },
    });
    for (const topic of ['tracker/dlq/a', 'tracker/a']) flows.node('publish').receive({ topic, payload });
    const [letter, other] = (await settled(() => flows.received('seen'), 2)) as GridwireMessage[];
    assert.deepEqual(letter?.failure, {
      ...{ dialect: 'record', topic: 'tracker/events/a/b', code: 'BODY_EMPTY', reason: 'no' },
      failedAt: '2026-11-30T08:00:00Z',
    });
    assert.equal(other?.failure, undefined);
  });

  it('a document that the flow has not changed goes out to the byte, and one that it has as it is now', async () => {
    const hop = node('hop', 'gridwire-publish', { topic: 'c', wires: [[]] });
    const through = { ...subscribe, wires: [['hop', 'seen'], []] };
    const end = node('end', 'gridwire-subscribe', { filter: 'c', wires: [['ended'], []] });
    await flows.load([memory, publish, through, hop, end, helper('seen'), helper('sent'), helper('ended')]);
    const documents = [
      '{ "a" : 1.0,\r\n "b":[ 1e2 ] }',
      ' 45.20 ',
      '[1,\t2]',
      'null ',
      '"\\u00e9"',
      '{"n":9007199254740993}',
      'no JSON',
      '',
    ];
    for (const document of documents) flows.node('publish').receive({ topic: 'a/b', payload: document });
    const ended = (await settled(() => flows.received('ended'), documents.length)) as GridwireMessage[];
    assert.deepEqual(
      ended.map(({ original }) => original?.body.toString()),
      documents,
    );
    const [first] = structuredClone(flows.received('seen')) as GridwireMessage[];
    flows.node('hop').receive({ ...first, payload: { b: [100], a: 1 } });
    const last = (await settled(() => flows.received('ended'), documents.length + 1)) as GridwireMessage[];
    assert.equal(last.at(-1)?.original?.body.toString(), '{"b":[100],"a":1}');
  });

  it('a payload that is a text stays one on its way through contract, validate and publish', async () => {
    const document = JSON.stringify({
      ...{ asyncapi: '3.0.0', info: { title: 'meters', version: '1.0.0' } },
      channels: { a: { address: 'a/b', messages: { text: { payload: { type: ['string', 'number'] } } } } },
    });
    const own: FlowNode = { id: 'own', type: 'gridwire-contract', name: 'meters', source: 'text', document };
    const common = { contract: 'own', ownContract: 'own', dialect: 'documented' };
    const other = { ...memory, id: 'other', memoryName: 'elsewhere' };
    const through = { ...subscribe, ...common, wires: [['validate'], ['refused']] };
    const validate = node('validate', 'gridwire-validate', { ...common, wires: [['hop'], ['refused']] });
    const hop = node('hop', 'gridwire-publish', { ...common, broker: 'other' });
    const end = node('end', 'gridwire-subscribe', { filter: '#', broker: 'other', wires: [['ended'], []] });
    const helpers = ['sent', 'refused', 'ended'].map(helper);
    await flows.load([memory, other, own, publish, through, validate, hop, end, ...helpers]);
    const texts = ['45.2', 'ON', 'null', '{"a":1}', '"quoted"', ''].map((text) => JSON.stringify(text));
    for (const payload of texts)
      flows.node('publish').receive({ topic: 'a/b', payload: Buffer.from(payload) });
    const ended = (await settled(() => flows.received('ended'), texts.length)) as GridwireMessage[];
    assert.deepEqual(flows.received('refused'), []);
    assert.deepEqual(
      ended.map(({ original }) => original?.body.toString()),
      texts,
    );
  });

  it('the data of a CloudEvent is the text that it says it is, and JSON where it says that or nothing', async () => {
    const events = { ...subscribe, cloudEvents: true, wires: [['seen', 'validate'], []] };
    const schema = '{"type":["string","number"]}';
    const checks = node('validate', 'gridwire-validate', {
      source: 'schema',
      schema,
      wires: [['checked'], []],
    });
    await flows.load([memory, publish, events, checks, ...['seen', 'sent', 'checked'].map(helper)]);
    const attributes = { specversion: '1.0', id: '1', source: '/s', type: 't' };
    const textual = { ...attributes, datacontenttype: 'text/plain' };
    const send = (payload: unknown, more: object = {}): void =>
      flows.node('publish').receive({ topic: 'a/b', payload, ...more });
    send({ ...textual, data: '1.10' });
    send('1.10', { headers: attributes, contentType: 'text/plain; charset=utf-8' });
    send({ ...attributes, data: '1.10' });
    send({ ...attributes, data: 1.5 });
    send('1.5', { headers: attributes, contentType: 'application/json' });
    const seen = (await settled(() => flows.received('seen'), 5)) as GridwireMessage[];
    assert.deepEqual(
      seen.map(({ payload }) => payload),
      ['1.10', '1.10', '1.10', 1.5, 1.5],
    );
    const checked = (await settled(() => flows.received('checked'), 5)) as GridwireMessage[];
    assert.equal(checked[2]?.payload, '1.10', 'a text in JSON');
  });

  it('what the broker does not carry is said once for each part, and the message goes', async () => {
    await flows.load([memory, publish, subscribe, helper('seen'), helper('sent')]);
    const { broker } = flows.node('broker') as BrokerNode;
    // As MQTT 3.1.1 has it.
    Object.assign(broker!, { capabilities: { ...broker!.capabilities, headers: false } });
    const given = { topic: 'a/b', payload: 'x', headers: { a: '1' }, key: 'k' };
    for (let time = 0; time < 3; time += 1) flows.node('publish').receive({ ...given });
    await settled(() => flows.received('sent'), 3);
    const said = flows.logged('publish', 'warn');
    assert.equal(said.length, 2);
    assert.match(said.join('\n'), /carries no headers[\s\S]*carries no key/);
  });

  it('what a core MQTT node puts on a message is carried, and comes back under the same names', async () => {
    await flows.load([memory, publish, subscribe, helper('seen'), helper('sent')]);
    const given = { topic: 'a/b', payload: 'x', contentType: 'text/plain', messageExpiryInterval: 60 };
    const request = { responseTopic: 'answers', correlationData: Buffer.from('1') };
    for (let time = 0; time < 2; time += 1)
      flows.node('publish').receive({ ...given, ...request, userProperties: { a: ['1', '2'], b: '3' } });
    const [seen] = (await settled(() => flows.received('seen'), 2)) as GridwireMessage[];
    const { headers, contentType, expiresAt = 0, responseTopic, correlationData } = seen?.original ?? {};
    assert.deepEqual({ responseTopic, correlationData }, request);
    assert.deepEqual([seen?.['responseTopic'], seen?.['correlationData']], Object.values(request));
    assert.deepEqual([headers, contentType], [{ a: ['1', '2'], b: '3' }, 'text/plain']);
    assert.ok(expiresAt > Date.now() && expiresAt <= Date.now() + 60_000);
    assert.deepEqual(flows.logged('publish', 'warn'), []);
  });

  it('nothing, retained, clears a value, and the rules of a message may be texts', async () => {
    await flows.load([memory, publish, subscribe, helper('seen'), helper('sent')]);
    const kept = { topic: 'a/b', qos: '2', retain: 'true' };
    flows.node('publish').receive({ ...kept, payload: 'x' });
    flows.node('publish').receive({ ...kept, payload: null });
    flows.node('publish').receive({ ...kept, topic: 'a/c', payload: 'y' });
    const seen = (await settled(() => flows.received('seen'), 3)) as GridwireMessage[];
    assert.deepEqual(
      seen.map(({ original }) => [String(original?.body), original?.qos]),
      ['x', '', 'y'].map((body) => [body, 1]),
      'with the QoS of the subscription',
    );
    const late: string[] = [];
    const { broker } = flows.node('broker') as BrokerNode;
    await broker!.subscribe('a/#', ({ message }) => late.push(`${message.topic} ${String(message.body)}`));
    await until('the value came that is kept', () => late.length > 0);
    assert.deepEqual(late, ['a/c y']);
  });

  const refusals: [string, object, string][] = [
    ['an expiry interval that is none', { messageExpiryInterval: -1 }, 'TIME_INVALID'],
    ['headers and user properties together', { headers: {}, userProperties: {} }, 'NOT_SUPPORTED'],
    ['a response topic that is no text', { responseTopic: 7 }, 'NOT_SUPPORTED'],
    ['correlation data that are a number', { correlationData: 7 }, 'NOT_SUPPORTED'],
    ['a content type that is no text', { contentType: 7 }, 'NOT_SUPPORTED'],
    ['an expiry that is no time', { expiresAt: '2026-11-29' }, 'TIME_INVALID'],
    ['an order that is no list of names', { headerOrder: 'a' }, 'NOT_SUPPORTED'],
    ['a tombstone with a payload', { tombstone: true, payload: 'x' }, 'SETTING_INVALID'],
    ['a tombstone that is neither true nor false', { tombstone: 1 }, 'SETTING_INVALID'],
  ];
  for (const [what, message, code] of refusals) {
    it(`${what} is refused`, async () => {
      await flows.load([memory, publish, helper('sent')]);
      flows.node('publish').receive({ topic: 'a/b', payload: '', ...message });
      const [end] = await settled(() => flows.endsOf('publish'), 1);
      assert.equal(end, code);
    });
  }
});

describe('Below the prefix of a broker', () => {
  const flows = useFlows();
  for (const topicPrefix of ['plant', 'plant/']) {
    it(`topics stay as different as they are: ${topicPrefix}`, async () => {
      const publish = node('publish', 'gridwire-publish', { wires: [['sent']] });
      const subscribe = (id: string, filter: string): FlowNode =>
        node(id, 'gridwire-subscribe', { filter, settlement: 'receipt', wires: [['seen'], []] });
      const filters = ['/a', '$share/group/a', '//#'];
      const prefixed = { ...memory, topicPrefix };
      const nodes = filters.map((filter, index) => subscribe(`subscribe ${index}`, filter));
      await flows.load([prefixed, publish, ...nodes, helper('seen'), helper('sent')]);
      const topics = ['a', '/a', '//a', 'a/', '/a/'];
      for (const topic of topics) flows.node('publish').receive({ topic, payload: topic });
      const sent = await settled(() => flows.received('sent'), topics.length);
      assert.deepEqual(
        sent.map(({ topic }) => topic),
        topics.map((topic) => `plant/${topic}`),
      );
      const seen = (await settled(() => flows.received('seen'), 3)) as GridwireMessage[];
      const came = seen.map(({ topic, payload }) => [topic, payload]);
      assert.deepEqual(came.sort(), [
        ['plant///a', '//a'],
        ['plant//a', '/a'],
        ['plant/a', 'a'],
      ]);
    });
  }
});

describe('With a contract, the publishing node refuses what it would have to leave out', () => {
  const flows = useFlows();
  const publish = node('publish', 'gridwire-publish', {
    ...{ contract: 'ecogrid-ems', dialect: 'documented', eventType: 'telemetry', wires: [['sent']] },
  });
  const parameters = { siteId: 1, serialNumber: 'INV-001' };
  const refused: [string, object][] = [
    ['parameters that are a list', { parameters: ['1', 'INV-001'] }],
    ['parameters that are a text', { parameters: 'INV-001' }],
    ['a parameter that is an object', { parameters: { ...parameters, siteId: { id: 1 } } }],
    ['a parameter that is true', { parameters: { ...parameters, siteId: true } }],
    ['a parameter that is no number', { parameters: { ...parameters, siteId: NaN } }],
    ['members that are a list', { parameters, members: [] }],
    ['members that are a text', { parameters, members: 'c-1' }],
  ];
  for (const [what, message] of refused) {
    it(what, async () => {
      await flows.load([memory, publish, helper('sent')]);
      flows.node('publish').receive({ payload: { powerKw: 1 }, ...message });
      const [end] = await settled(() => flows.endsOf('publish'), 1);
      assert.equal(end, 'SETTING_INVALID');
    });
  }
});

describe('With a contract, the publishing node says what is not carried', () => {
  const flows = useFlows();
  const publish = node('publish', 'gridwire-publish', {
    ...{ contract: 'ecogrid-ems', dialect: 'documented', eventType: 'telemetry', wires: [['sent']] },
  });
  const given = { payload: { powerKw: 1 }, parameters: { siteId: 1, serialNumber: 'INV-001' } };

  it('of what the flow gave, once: headers on MQTT 3.1.1, and the address of an answer', async () => {
    await flows.load([memory, publish, helper('sent')]);
    const { broker } = flows.node('broker') as BrokerNode;
    Object.assign(broker!, { capabilities: { ...broker!.capabilities, headers: false } });
    flows.node('publish').receive({ ...given });
    await settled(() => flows.received('sent'), 1);
    assert.deepEqual(flows.logged('publish', 'warn'), []);
    for (let time = 0; time < 2; time += 1)
      flows.node('publish').receive({ ...given, headers: { trace: '1' }, responseTopic: 'answers' });
    await settled(() => flows.received('sent'), 3);
    assert.match(
      flows.logged('publish', 'warn').join('\n'),
      /^The broker carries no headers.*\nThe broker carries no responseTopic.*$/,
    );
  });
});

describe('With a contract that has something in the key alone', () => {
  const flows = useFlows();

  it('the publishing node says that MQTT 3.1.1 does not carry it', async () => {
    const types = { 'site-bms-aggregation': ['key'], 'device-telemetry': [] };
    const ecogrid = { contract: 'ecogrid-ems', dialect: 'deployed', wires: [['sent']] };
    const publishers = Object.keys(types).map((eventType) =>
      node(eventType, 'gridwire-publish', { ...ecogrid, eventType }),
    );
    await flows.load([memory, ...publishers, helper('sent')]);
    const { broker } = flows.node('broker') as BrokerNode;
    Object.assign(broker!, { capabilities: { ...broker!.capabilities, headers: false } });
    const contract = new Contract(builtInContract('ecogrid-ems'), { dialect: 'deployed' });
    for (const [eventType, told] of Object.entries(types)) {
      const { data } = contract.type(eventType);
      const parameters = data.exampleParameters ?? {};
      flows.node(eventType).receive({ _msgid: '', payload: data.example, parameters });
      await settled(() => flows.endsOf(eventType), 1);
      const lines = flows.logged(eventType, 'warn').map((line) => /carries no (\w+)/.exec(line)?.[1]);
      assert.deepEqual([flows.endsOf(eventType), lines], [[undefined], told]);
    }
  });
});

describe('What ingest read from a broker under a topic', () => {
  const flows = useFlows();
  const other: FlowNode = { ...memory, id: 'second', name: 'a second broker' };
  const hawk = { contract: 'battery-hawk', dialect: 'documented' };
  const registry: FlowNode = { id: 'devices', type: 'gridwire-devices', devices: [], policy: 'onboard' };
  const shared: FlowNode = { ...memory, memoryName: 'shared-by-two' };
  const twin: FlowNode = { ...shared, id: 'twin', name: 'the same broker once more' };
  const ingest = node('ingest', 'gridwire-ingest', {
    ...hawk,
    ...{ devices: 'devices', wires: [['again', 'twice', 'elsewhere'], [], []] },
  });
  const twice = node('twice', 'gridwire-publish', {
    ...{ ...hawk, eventType: '', broker: 'twin', wires: [['sent']] },
  });
  const again = node('again', 'gridwire-publish', { ...hawk, eventType: '', wires: [['sent']] });
  const elsewhere = node('elsewhere', 'gridwire-publish', {
    ...{ ...hawk, eventType: '', broker: 'second', wires: [['sent-elsewhere']] },
  });
  const device = node('device', 'gridwire-publish', { ...hawk, eventType: 'reading' });

  it('does not go back there, where ingest would read it again and again, and goes to another one', async () => {
    await flows.load([
      ...[shared, twin, other, registry, ingest, again, twice, elsewhere, device],
      ...['sent', 'sent-elsewhere'].map(helper),
    ]);
    const payload = { device_id: 'AA:BB:CC:DD:EE:FF', voltage: 12.6, state_of_charge: 90, temperature: 20 };
    flows.node('device').receive({ payload, parameters: { mac: 'AA:BB:CC:DD:EE:FF' } });
    const [sent] = (await settled(() => flows.received('sent-elsewhere'), 1)) as GridwireMessage[];
    assert.match(String(sent?.topic), /reading$/);
    for (const id of ['again', 'twice'])
      assert.deepEqual(await settled(() => flows.endsOf(id), 1), ['NOT_SUPPORTED']);
    assert.deepEqual(flows.received('sent'), []);
  });
});

describe('What ingest read from a broker that has two names', () => {
  const flows = useFlows();

  it('does not go back there under the other one', async () => {
    const hawk = { contract: 'battery-hawk', dialect: 'documented', eventType: '', wires: [['sent']] };
    const port = await freePort();
    const hosts = ['localhost', '127.0.0.1', '::1'];
    await flows.load([
      ...hosts.map((host, index) => mqttBroker(`broker ${index}`, port, { host })),
      ...hosts.map((_, index) =>
        node(`to ${index}`, 'gridwire-publish', { ...hawk, broker: `broker ${index}` }),
      ),
      helper('sent'),
    ]);
    const contract = new Contract(builtInContract('battery-hawk'));
    const { data } = contract.type('reading');
    const parameters = data.exampleParameters ?? {};
    const event = contract.build('reading', { payload: data.example, parameters });
    const { topic, payload } = event;
    const original = { topic, body: Buffer.from('{}'), qos: 1, retain: false, headers: {} } as const;
    for (const [from] of hosts.entries()) {
      const { broker } = flows.node(`broker ${from}`) as BrokerNode;
      const message = { _msgid: '', topic, payload, event, original, ingestedFrom: broker!.address };
      for (const [to] of hosts.entries()) {
        flows.node(`to ${to}`).receive(message);
        const ends = await settled(() => flows.endsOf(`to ${to}`), from + 1);
        assert.equal(ends[from], 'NOT_SUPPORTED', `${hosts[from]} and ${hosts[to]}`);
      }
    }
  });
});

describe('What a broker delivers and nobody can read', () => {
  const flows = useFlows();
  const subscribe = node('subscribe', 'gridwire-subscribe', { filter: 'a', wires: [['seen'], ['rejected']] });

  it('is rejected with its bytes, and stays in the status when others have come since', async () => {
    await flows.load([memory, subscribe, helper('seen'), helper('rejected')]);
    const shown: string[] = [];
    flows.node('subscribe').status = (status) => void shown.push(JSON.stringify(status));
    const { broker } = flows.node('broker') as BrokerNode;
    const message = { topic: 'a', body: Buffer.from('x'), qos: 1, retain: false, headers: {} } as const;
    const unreadable = new GridwireError('NOT_SUPPORTED', 'A batch is packed with the codec 7.');
    await broker?.publish({ ...message, ...{ unreadable } });
    const [rejected] = (await settled(() => flows.received('rejected'), 1)) as GridwireMessage[];
    assert.equal((rejected?.error as { code: string }).code, 'NOT_SUPPORTED');
    const ecogrid = new Contract(builtInContract('ecogrid-ems'));
    assert.equal(storedLetter(rejected!, ecogrid).incomplete, true, 'nobody sends it again as it is');
    assert.equal(rejected?.original?.body.toString(), 'x');
    await broker?.publish(message);
    await settled(() => flows.received('seen'), 1);
    await until('the status says so', () => shown.at(-1)?.includes('status.unreadable') === true);
  });

  it('is rejected by ingest with the reason that the broker has, and not as a body that is no JSON', async () => {
    const ingest = node('ingest', 'gridwire-ingest', {
      ...{ contract: 'ecogrid-ems', dialect: 'documented', devices: 'devices' },
      wires: [[], [], ['rejected']],
    });
    const registry: FlowNode = { id: 'devices', type: 'gridwire-devices', devices: [], policy: 'onboard' };
    await flows.load([memory, registry, ingest, helper('rejected')]);
    const { broker } = flows.node('broker') as BrokerNode;
    const unreadable = new GridwireError('BODY_TOO_LARGE', 'The message has 2000 headers.');
    const message = { body: Buffer.from('x'), qos: 1, retain: false, headers: {} } as const;
    await broker?.publish({ topic: 'sites/1/devices/A/telemetry', ...message, ...{ unreadable } });
    const [rejected] = (await settled(() => flows.received('rejected'), 1)) as GridwireMessage[];
    assert.equal((rejected?.error as { code: string }).code, 'BODY_TOO_LARGE');
  });
});
