import assert from 'node:assert/strict';
import type { GridwireMessage } from '../../../nodes/runtime/messages.js';
import { memory, settled, useFlows } from '../../support/flow-helper.js';
import type { FlowNode } from '../../support/node-red-admin.js';

const validate = (more: Record<string, unknown>): FlowNode => ({
  id: 'validate',
  type: 'gridwire-validate',
  contract: 'ecogrid-ems',
  dialect: 'documented',
  eventType: 'telemetry',
  wires: [['valid'], ['invalid']],
  ...more,
});
const outputs: FlowNode[] = [
  { id: 'valid', type: 'helper' },
  { id: 'invalid', type: 'helper' },
];

describe('gridwire-validate', () => {
  const flows = useFlows();

  it('sends valid documents to the first output, as objects, text or bytes', async () => {
    await flows.load([validate({}), ...outputs]);
    for (const payload of [{ powerKw: 1 }, '{"powerKw":1}', Buffer.from('{"powerKw":1}')]) {
      flows.node('validate').receive({ payload });
    }
    const valid = (await settled(() => flows.received('valid'), 3)) as GridwireMessage[];
    for (const message of valid) {
      assert.deepEqual(message.payload, { powerKw: 1 });
      assert.equal(message.event?.type, 'telemetry');
    }
    assert.deepEqual(flows.endsOf('validate'), [undefined, undefined, undefined]);
  });

  it('sends invalid ones to the second, unchanged, with every broken rule', async () => {
    await flows.load([validate({}), ...outputs]);
    flows.node('validate').receive({ payload: { powerKw: 'high', voltage: true } });
    const [invalid] = (await settled(() => flows.received('invalid'), 1)) as GridwireMessage[];
    assert.deepEqual(invalid?.payload, { powerKw: 'high', voltage: true });
    const error = invalid.error as { code: string; details: { violations: { path: string }[] } };
    assert.equal(error.code, 'SCHEMA_VIOLATION');
    assert.deepEqual(
      error.details.violations.map(({ path }) => path),
      ['/powerKw', '/voltage'],
    );
    assert.deepEqual(flows.endsOf('validate'), [undefined]);
  });

  it('finds the type by topic where the message decides', async () => {
    await flows.load([validate({ eventType: '' }), ...outputs]);
    flows.node('validate').receive({ topic: 'sites/1/devices/A/status', payload: { status: 'ONLINE' } });
    flows.node('validate').receive({ topic: 'elsewhere', payload: { status: 'ONLINE' } });
    const [valid] = (await settled(() => flows.received('valid'), 1)) as GridwireMessage[];
    assert.equal(valid?.event?.type, 'status');
    const [invalid] = (await settled(() => flows.received('invalid'), 1)) as GridwireMessage[];
    assert.equal((invalid?.error as { code: string }).code, 'TOPIC_UNKNOWN');
  });

  it('keeps the key and the headers, so that an event that names its site in the key alone is sent on', async () => {
    const events = { contract: 'ecogrid-ems', dialect: 'deployed', eventType: '' };
    const publish = (id: string, to: string): FlowNode => ({
      ...{
        id,
        type: 'gridwire-publish',
        broker: to,
        ...events,
        eventType: 'site-bms-aggregation',
        wires: [['sent']],
      },
    });
    await flows.load([
      ...[memory, { ...memory, id: 'other' }, publish('publish', 'broker'), publish('again', 'other')],
      {
        ...{ id: 'subscribe', type: 'gridwire-subscribe', broker: 'broker', ...events },
        ...{ eventType: 'site-bms-aggregation', wires: [['validate'], []] },
      },
      validate({ ...events, wires: [['valid', 'again'], ['invalid']] }),
      ...[...outputs, { id: 'sent', type: 'helper' }],
    ]);
    const payload = { lastUpdated: [2026, 11, 29, 9, 53], avgSOC: 50 };
    flows.node('publish').receive({ payload, parameters: { siteId: '7' }, headers: { mine: '1' } });
    const [valid] = (await settled(() => flows.received('valid'), 1)) as GridwireMessage[];
    const { key, parameters, headers } = valid?.event ?? {};
    assert.deepEqual(
      { key, parameters, mine: headers?.['mine'] },
      { key: '7', parameters: { siteId: '7' }, mine: '1' },
    );
    await settled(() => flows.received('sent'), 2);
    assert.deepEqual(flows.endsOf('again'), [undefined]);
  });

  it('tells catch nodes where nothing is wired to the output for invalid ones', async () => {
    const caught: FlowNode = { id: 'catcher', type: 'catch', scope: null, wires: [['caught']] };
    await flows.load([validate({ wires: [[], []] }), caught, { id: 'caught', type: 'helper' }]);
    flows.node('validate').receive({ payload: 'nonsense' });
    const [message] = (await settled(() => flows.received('caught'), 1)) as GridwireMessage[];
    assert.match((message?.error as { message: string }).message, /not JSON/);
  });

  it('judges readings by their own times, not by their arrival', async () => {
    const rules = { source: 'schema', schema: '{"type":"object"}' };
    const plausibility = [{ member: 'kwh', counter: 'yes', perSecond: '1', tolerance: '0.5' }];
    await flows.load([validate({ ...rules, plausibility }), ...outputs]);
    const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
    const readings: [number, number][] = [
      [0, 100],
      [60, 150],
      [30, 20],
      [60, 160],
      [61, 149.7],
      [62, 149.3],
    ];
    for (const [second, kwh] of readings)
      flows.node('validate').receive({ topic: 'meter', payload: { kwh, timestamp: at(second) } });
    await settled(() => flows.received('invalid'), 2);
    const kwhOf = (output: string): unknown[] =>
      flows.received(output).map(({ payload }) => (payload as { kwh: number }).kwh);
    assert.deepEqual(kwhOf('valid'), [100, 150, 20, 149.7]);
    assert.deepEqual(kwhOf('invalid'), [160, 149.3]);
  });

  it('lets a counter begin anew anywhere, tells it, and takes marks of its own', async () => {
    const plausibility = [{ member: 'kwh', counter: 'resets', sentinels: 'yes', marks: '-9999' }];
    const rules = { source: 'schema', schema: '{"type":"object"}', timeMember: '/meta/at', plausibility };
    await flows.load([validate(rules), ...outputs]);
    const series = [65_530, 6553.5, -9999, -2147483647, 12, 9000, 40, 41, 42, 43];
    for (const [index, kwh] of series.entries())
      flows
        .node('validate')
        .receive({ topic: 'meter', payload: { kwh, meta: { at: 1_760_000_000 + index } } });
    await settled(() => flows.received('valid'), 5);
    const valid = flows.received('valid') as (GridwireMessage & { plausibility?: object[] })[];
    assert.deepEqual(
      valid.map(({ payload, plausibility: notes }) => [(payload as { kwh: number }).kwh, notes?.length ?? 0]),
      [
        [65_530, 0],
        [12, 1],
        [9000, 0],
        [42, 1],
        [43, 0],
      ],
    );
  });
});
