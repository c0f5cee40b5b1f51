import assert from 'node:assert/strict';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { facts } from '../../../../src/observe/facts/facts.js';
import { reportStanding } from '../../../../src/observe/facts/standings.js';
import { Metrics } from '../../../../src/observe/metrics/metrics.js';

describe('metrics of TaylorDash', () => {
  const taylordash = new Contract(builtInContract('taylordash'));
  const place = { node: 'n', broker: 'b', system: 'mqtt' };

  it('have the names, labels and types of its document, and are there for its contract only', () => {
    const metrics = new Metrics();
    facts.processed.tell({
      place,
      about: taylordash.aboutOf('device-telemetry'),
      seconds: 1,
      code: 'FLOW_FAILED',
    });
    const unreport = reportStanding(() => ({ of: 'broker', place, connected: true, certificates: [] }));
    const about = taylordash.aboutOf('tracker/events/projects/created');
    facts.processed.tell({ place, about, seconds: 0.02 });
    facts.processed.tell({ place, about, seconds: 0.3, code: 'FLOW_FAILED' });
    facts.lettered.tell({ place, about, code: 'FLOW_FAILED' });
    const text = metrics.text();
    unreport();
    metrics.close();
    const ours = text.split('\n').filter((line) => line.includes('taylor_') && !line.includes('_bucket'));
    assert.deepEqual(ours, [
      '# HELP taylor_ingest_total Total MQTT events ingested',
      '# TYPE taylor_ingest_total counter',
      'taylor_ingest_total{topic="tracker/events/projects/created",kind="project_created"} 1',
      '# HELP taylor_dlq_total Total events sent to DLQ',
      '# TYPE taylor_dlq_total counter',
      'taylor_dlq_total{topic="tracker/events/projects/created",reason="FLOW_FAILED"} 1',
      '# HELP taylor_event_latency_seconds Event processing latency',
      '# TYPE taylor_event_latency_seconds histogram',
      'taylor_event_latency_seconds_sum 0.02',
      'taylor_event_latency_seconds_count 1',
      '# HELP taylor_mqtt_connections_active Active MQTT connections',
      '# TYPE taylor_mqtt_connections_active gauge',
      'taylor_mqtt_connections_active 1',
    ]);
  });

  it('are not there without it', () => {
    const metrics = new Metrics();
    const about = new Contract(builtInContract('ecogrid-ems')).aboutOf('device-telemetry');
    facts.processed.tell({ place, about, seconds: 0.02 });
    const text = metrics.text();
    metrics.close();
    assert.doesNotMatch(text, /taylor_/);
  });
});
