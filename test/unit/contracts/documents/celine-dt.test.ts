import assert from 'node:assert/strict';
import { Contract } from '../../../../src/contracts/contract.js';
import type { JsonObject } from '../../../../src/event.js';
import { inbound, open, overTheWire, refusal, violatedPaths } from '../helpers/check.js';

const contract = open('celine-dt');

const base: JsonObject = {
  '@context': 'https://celine-project.eu/contexts/dt-event.jsonld',
  '@type': 'dt.ev-charging.readiness-computed',
  id: '550e8400-e29b-41d4-a716-446655440000',
  source: {
    app_key: 'ev-charging-readiness',
    app_version: '1.1.0',
    module: 'ev-charging',
    instance_id: 'dt-instance-1',
  },
  timestamp: '2025-01-24T10:30:00Z',
  correlation_id: 'req-12345',
  payload: {},
  metadata: {},
};

const readiness: JsonObject = {
  community_id: 'rec-folgaria',
  window_start: '2025-01-24T00:00:00Z',
  window_end: '2025-01-25T00:00:00Z',
  window_hours: 24,
  expected_pv_kwh: 5100.0,
  ev_charging_capacity_kwh: 19200.0,
  pv_ev_ratio: 0.266,
  indicator: 'SUBOPTIMAL',
  confidence: 0.78,
  drivers: [
    'expected PV energy is low relative to EV charging capacity',
    'high cloud cover expected during the window',
  ],
  recommendations: [
    'Recommend delayed charging or reduced charging power.',
    'Prioritize critical charging sessions; consider off-peak tariffs.',
  ],
  mean_clouds_pct: 65.0,
  clouds_std_pct: 12.5,
  solar_energy_kwh_per_m2: 3.2,
};

const started = { app_key: 'ev-charging-readiness', request_id: 'req-12345', config_hash: 'abc123' };
const completed = {
  app_key: 'ev-charging-readiness',
  request_id: 'req-12345',
  duration_ms: 1234,
  result_type: 'EVChargingReadiness',
  result_summary: { indicator: 'OPTIMAL', confidence: 0.92 },
};
const failed = {
  app_key: 'ev-charging-readiness',
  request_id: 'req-12345',
  error_type: 'ValueError',
  error_message: 'Invalid location coordinates',
  severity: 'error',
};

describe('document: CELINE Digital Twin, Event Broker Documentation', () => {
  it('Base Event Structure: the event of the document is read as it stands', () => {
    const topic = 'celine/dt/ev-charging/readiness-computed/rec-folgaria';
    const event = contract.parse(inbound(topic, { ...base, payload: readiness }));
    assert.equal(event.type, 'ev-charging-readiness-computed');
    assert.equal(event.time, Date.parse('2025-01-24T10:30:00Z'));
    assert.deepEqual(event.parameters, { entity: 'rec-folgaria' });
    assert.deepEqual(event.payload, readiness);
  });

  it('Base Event Structure: what is built has the members in the order of the document', () => {
    const members = Object.fromEntries(Object.entries(base).filter(([name]) => name !== 'payload'));
    const event = contract.build('ev-charging-readiness-computed', { payload: readiness, members });
    assert.equal(JSON.stringify(event.envelope), JSON.stringify({ ...base, payload: readiness }));
  });

  const types: [place: string, type: string, wireName: string, payload: JsonObject][] = [
    [
      'EV Charging Readiness Event',
      'ev-charging-readiness-computed',
      'dt.ev-charging.readiness-computed',
      readiness,
    ],
    ['Execution Started', 'app-execution-started', 'dt.app.execution-started', started],
    ['Execution Completed', 'app-execution-completed', 'dt.app.execution-completed', completed],
    ['Execution Failed', 'app-execution-failed', 'dt.app.execution-failed', failed],
  ];
  for (const [place, type, wireName, payload] of types) {
    it(`Event Schemas, ${place}: type and payload of the example`, () => {
      const event = contract.build(type, { payload });
      assert.equal(event.envelope['@type'], wireName);
      assert.deepEqual(overTheWire(contract, event).payload, payload);
    });
  }

  const topics: [string, JsonObject, string][] = [
    ['ev-charging-readiness-computed', readiness, 'celine/dt/ev-charging/readiness-computed/rec-folgaria'],
    ['app-execution-completed', completed, 'celine/dt/app/execution-completed/ev-charging-readiness'],
    [
      'alert-raised',
      { alert_id: 'threshold-breach-001', title: 't', description: '', severity: 'warning' },
      'celine/dt/alert/raised/threshold-breach-001',
    ],
  ];
  for (const [type, payload, topic] of topics) {
    it(`Topic Conventions: ${topic}`, () => {
      assert.equal(contract.build(type, { payload }).topic, topic);
    });
  }

  it('Topic Conventions: the entity is the first of community_id, alert_id, app_key that has a value', () => {
    const alert = { alert_id: 'a1', title: 't', description: '', severity: 'info', app_key: 'app' };
    assert.equal(contract.build('alert-raised', { payload: alert }).parameters['entity'], 'a1');
  });

  it('Quick Start: indicator OPTIMAL and confidence 0.85 are allowed, other words and 1.5 are not', () => {
    const build = (more: JsonObject) =>
      contract.build('ev-charging-readiness-computed', { payload: { ...readiness, ...more } });
    assert.ok(build({ indicator: 'OPTIMAL', confidence: 0.85 }));
    assert.deepEqual(violatedPaths(() => build({ indicator: 'GOOD', confidence: 1.5 })).sort(), [
      '/payload/confidence',
      '/payload/indicator',
    ]);
  });

  it('QoS Levels: AT_LEAST_ONCE is the default, and nothing is retained', () => {
    for (const type of contract.types) {
      assert.equal(type.data.qos, 1);
      assert.equal(type.data.retain, false);
    }
  });

  it('Subscribing to Events: celine/dt/# selects every topic', () => {
    for (const type of contract.types) assert.ok(type.topic.filter().startsWith('celine/dt/'));
  });

  it('Publishing Test Events: the incomplete event of the example is refused, and what it lacks is listed', () => {
    const body = { '@type': 'dt.ev-charging.readiness-computed', payload: { indicator: 'OPTIMAL' } };
    const error = refusal(() =>
      contract.parse(inbound('celine/dt/ev-charging/readiness-computed/test', body)),
    );
    assert.equal(error.code, 'SCHEMA_VIOLATION');
    const violations = error.details['violations'] as { path: string; expected: string }[];
    for (const member of ['@context', 'id', 'source', 'timestamp']) {
      assert.ok(
        violations.some(({ path, expected }) => path === '' && expected.includes(`"${member}"`)),
        member,
      );
    }
    assert.ok(
      violations.some(({ path, expected }) => path === '/payload' && expected.includes('community_id')),
    );
  });

  it('Application Settings: app events and computed events can be switched off, each by itself', () => {
    const without = (name: string) => new Contract(contract.data, { disabled: [name] });
    assert.equal(
      refusal(() => without('appEvents').build('app-execution-started', { payload: started })).code,
      'TYPE_DISABLED',
    );
    assert.ok(without('appEvents').build('ev-charging-readiness-computed', { payload: readiness }));
    assert.equal(
      refusal(() => without('computedEvents').build('ev-charging-readiness-computed', { payload: readiness }))
        .code,
      'TYPE_DISABLED',
    );
  });

  it("a broker's topic_prefix replaces the contract's", () => {
    const elsewhere = open('celine-dt', 'documented', 'plant/celine');
    const event = elsewhere.build('app-execution-started', { payload: started });
    assert.equal(event.topic, 'plant/celine/app/execution-started/ev-charging-readiness');
  });
});

describe('running code: CELINE', () => {
  const deployed = open('celine-dt', 'deployed');

  it('doubles dt in the topic, and adds _timestamp and _correlationId', () => {
    const event = deployed.build('ev-charging-readiness-computed', {
      payload: readiness,
      members: { correlation_id: 'req-12345' },
      now: Date.parse('2025-01-24T10:30:00.123Z'),
    });
    assert.equal(event.topic, 'celine/dt/dt/ev-charging/readiness-computed/rec-folgaria');
    assert.equal(event.envelope['timestamp'], '2025-01-24T10:30:00.123000');
    assert.equal(event.envelope['_timestamp'], '2025-01-24T10:30:00.123000+00:00');
    assert.equal(event.envelope['_correlationId'], 'req-12345');
    assert.deepEqual(overTheWire(deployed, event).envelope, event.envelope);
  });

  it('writes its members in the order of the code, and no correlation id where there is none', () => {
    const event = deployed.build('app-execution-started', { payload: started });
    assert.deepEqual(Object.keys(event.envelope), [
      '@type',
      '@context',
      'id',
      'source',
      'timestamp',
      'payload',
      'metadata',
      '_timestamp',
    ]);
    assert.deepEqual(event.envelope['source'], {
      app_key: 'ev-charging-readiness',
      app_version: 'unknown',
      module: null,
      instance_id: null,
    });
  });

  it('reads times without a zone as UTC', () => {
    const event = deployed.build('app-execution-started', { payload: started });
    const envelope = { ...event.envelope, timestamp: '2025-01-24T10:30:00.123456' };
    assert.equal(deployed.parse(inbound(event.topic, envelope)).time, Date.parse('2025-01-24T10:30:00.123Z'));
  });

  it('ends the topic of an alert without app_key in None, and of one with it in the app', () => {
    const alert = { alert_id: 'a1', title: 't', description: '', severity: 'info' };
    assert.equal(deployed.build('alert-raised', { payload: alert }).topic, 'celine/dt/dt/alert/raised/None');
    assert.equal(
      deployed.build('alert-raised', { payload: { ...alert, app_key: 'pv' } }).topic,
      'celine/dt/dt/alert/raised/pv',
    );
  });
});
