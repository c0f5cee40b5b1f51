import assert from 'node:assert/strict';
import type { FlowNode } from '../../support/node-red-admin.js';
import { NodeRedProcess } from '../../support/node-red-process.js';
import { SDK, type Span, spanOf } from '../../support/tracing/spans.js';

const DEVICE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const TOPIC = 'tracker/events/projects/created';
/** OpenTelemetry's numbers. */
const [CLIENT, PRODUCER] = [2, 3];

const on = (id: string, type: string, more: object, ...wires: string[]): FlowNode => ({
  ...{ id, type, z: 'tab', x: 0, y: 0, wires: [wires] },
  ...more,
});

/** What is published fails in the flow, or cannot be read at all; both become letters of the store. */
const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab' },
  { id: 'broker', type: 'gridwire-broker', transport: 'memory' },
  { id: 'store', type: 'gridwire-store', kind: 'sqlite', file: '' },
  on('post', 'http in', { url: '/publish', method: 'post' }, 'name'),
  on(
    'name',
    'function',
    {
      func: `return { ...msg, topic: '${TOPIC}', traceparent: '00-${DEVICE.traceId}-${DEVICE.spanId}-01', payload: msg.payload.body };`,
    },
    'publish',
  ),
  on('publish', 'gridwire-publish', { broker: 'broker', contract: '', qos: '1', parameters: [] }, 'answer'),
  on('answer', 'http response', { statusCode: '200' }),
  {
    ...on('subscribe', 'gridwire-subscribe', { broker: 'broker', store: 'store' }),
    ...{ contract: 'taylordash', dialect: 'documented', eventType: '', filter: TOPIC, wires: [['fail'], []] },
  },
  on('fail', 'function', { func: 'node.error(new Error("no"), msg);', outputs: 0 }),
  on('catch', 'catch', { scope: ['fail'] }, 'dlq'),
  on('dlq', 'gridwire-dlq', {
    broker: 'broker',
    store: 'store',
    contract: 'taylordash',
    dialect: 'documented',
  }),
  on('plain', 'gridwire-replay', {
    ...{ broker: 'broker', store: 'store', source: 'dead-letters', contract: '' },
  }),
  on('recover', 'http in', { url: '/recover', method: 'post' }, 'replay'),
  on('replay', 'gridwire-replay', {
    ...{
      broker: 'broker',
      store: 'store',
      source: 'dead-letters',
      contract: 'taylordash',
      dialect: 'documented',
    },
  }),
];

const EVENT = {
  trace_id: '550e8400-e29b-41d4-a716-446655440000',
  ts: '2025-01-15T10:30:00.000Z',
  kind: 'project_created',
  idempotency_key: 'project_created_1642247400_a1b2c3d4',
  payload: {
    project_id: '550e8400-e29b-41d4-a716-446655440000',
    ...{ name: 'Roof', status: 'active', created_by: 'ana' },
  },
};

describe('settling, a dead letter and what is sent again are steps of the trace', function () {
  this.timeout(120_000);
  let nodeRed: NodeRedProcess;

  beforeEach(async () => {
    nodeRed = await NodeRedProcess.start({ flows: FLOW, env: { NODE_OPTIONS: `--require ${SDK}` } });
    await nodeRed.ready();
  });
  afterEach(() => nodeRed.stop());

  async function post(path: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, nodeRed.url), init);
    assert.equal(answer.status, 200, await answer.text());
  }
  const span = (operation: string, node: string): Promise<Span> => spanOf(nodeRed, operation, node);
  const place = ({ traceId, parent, kind }: Span): object => ({ traceId, parent, kind });
  const { traceId } = DEVICE;

  it('of an event that failed in its flow', async () => {
    await post('publish', { body: JSON.stringify(EVENT) });
    const [send, process] = [await span('send', 'publish'), await span('process', 'subscribe')];
    assert.equal(process.parent, send.spanId);
    const settle = await span('settle', 'subscribe');
    assert.deepEqual(place(settle), { traceId, parent: process.spanId, kind: CLIENT });
    assert.equal(settle.name, `settle ${TOPIC}`);
    const letter = await span('letter', 'dlq');
    assert.deepEqual(place(letter), { traceId, parent: process.spanId, kind: PRODUCER });
    assert.equal(letter.attributes['gridwire.reason'], 'FLOW_FAILED');
    assert.equal(letter.attributes['messaging.operation.type'], 'send');
  });

  it('of one that cannot be read: its letter follows from whoever sent it', async () => {
    await post('publish', { body: 'no JSON' });
    const { spanId } = await span('send', 'publish');
    const letter = await span('letter', 'subscribe');
    assert.deepEqual(place(letter), { traceId, parent: spanId, kind: PRODUCER });
    assert.equal(letter.attributes['gridwire.reason'], 'BODY_NOT_JSON');
    const settle = await span('settle', 'subscribe');
    assert.deepEqual(place(settle), { traceId, parent: spanId, kind: CLIENT });
  });

  it('of a letter that a person sends again, and of one that a flow does', async () => {
    await post('publish', { body: JSON.stringify(EVENT) });
    const { spanId } = await span('send', 'publish');
    await span('letter', 'dlq');
    const from = nodeRed.lines.length;
    await post('gridwire/stores/store/letters/1/republish', { through: 'dlq' });
    const byPerson = await span('replay', 'dlq');
    assert.deepEqual(place(byPerson), { traceId, parent: spanId, kind: PRODUCER });
    // It fails again, and so there is a letter for the flow.
    await nodeRed.waitForLine(/SPAN .*"name":"letter /, 10_000, from);
    // This flow answers nobody; what it does is seen by its span.
    void fetch(new URL('recover', nodeRed.url), { method: 'POST' }).catch(() => undefined);
    const byFlow = await span('replay', 'replay');
    assert.deepEqual(place(byFlow), { traceId, parent: spanId, kind: PRODUCER });
  });

  it('of a letter that is a CloudEvent of one document, which names its trace inside', async () => {
    const traceparent = `00-${traceId}-${DEVICE.spanId}-01`;
    const event = { specversion: '1.0', id: '1', source: '/roof', type: 'seen', traceparent, data: {} };
    const failure = {
      code: 'FLOW_FAILED',
      reason: 'no',
      fault: 'permanent',
      failedAt: '2026-11-30T10:00:00Z',
    };
    const body = Buffer.from(JSON.stringify(event)).toString('base64');
    const message = { topic: 'roof/seen', body, qos: 1, retain: false };
    await post('gridwire/stores/store/letter-file', { letters: [{ ...message, headers: [], ...failure }] });
    await post('gridwire/stores/store/letters/1/republish', { through: 'plain' });
    const replay = await span('replay', 'plain');
    assert.deepEqual(place(replay), { traceId, parent: DEVICE.spanId, kind: PRODUCER });
  });
});
