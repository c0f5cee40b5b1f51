import assert from 'node:assert/strict';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { facts } from '../../../../src/observe/facts/facts.js';
import { reportStanding, type Standing } from '../../../../src/observe/facts/standings.js';
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

  it('count the connections also where every event has failed so far', () => {
    const metrics = new Metrics();
    const about = taylordash.aboutOf('tracker/events/projects/created');
    const unreport = reportStanding(() => ({ of: 'broker', place, connected: true, certificates: [] }));
    facts.processed.tell({ place, about, seconds: 0.3, code: 'FLOW_FAILED' });
    const text = metrics.text();
    unreport();
    metrics.close();
    assert.match(text, /^taylor_mqtt_connections_active 1$/m);
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

describe('metrics of several that have one name', () => {
  const NAME = { node: 'site', broker: 'site', system: 'mqtt' };
  const measured = (standings: readonly Standing[]): string[] => {
    const ends = standings.map((standing) => reportStanding(() => standing));
    const metrics = new Metrics();
    try {
      return metrics.text().split('\n');
    } finally {
      metrics.close();
      for (const end of ends) end();
    }
  };

  it('show the one that is away, the store that cannot be used, and the sum of what waits, in any order', () => {
    const store = { of: 'store', name: 's', kind: 'sqlite', pending: 2, pendingBytes: 0 } as const;
    const standings: Standing[] = [
      { of: 'broker', place: { ...NAME, id: '1' }, connected: false, certificates: [] },
      { of: 'broker', place: { ...NAME, id: '2' }, connected: true, silent: 7, certificates: [] },
      { ...store, id: '1', open: true, silent: 8 },
      { ...store, id: '2', open: false },
      { of: 'lag', place: { ...NAME, id: '1' }, count: 3 },
      { of: 'lag', place: { ...NAME, id: '2' }, count: 4 },
      { of: 'devices', node: 'site', known: 2, silent: [{ device: 'a', since: 0 }] },
      { of: 'devices', node: 'site', known: 2, silent: [{ device: 'b', since: 0 }] },
    ];
    for (const all of [standings, [...standings].reverse()]) {
      const text = measured(all);
      for (const expected of [
        'gridwire_broker_connected{broker="site",messaging_system="mqtt"} 0',
        'gridwire_store_open{store="s",kind="sqlite"} 0',
        'gridwire_broker_silent_seconds{broker="site",messaging_system="mqtt"} 7',
        'gridwire_store_silent_seconds{store="s",kind="sqlite"} 8',
        'gridwire_store_pending_writes{store="s"} 4',
        'gridwire_lag_messages{node="site",broker="site"} 7',
        'gridwire_silent_devices{node="site"} 2',
      ])
        assert.ok(text.includes(expected), expected);
    }
    // What has gone is not shown as it was last.
    assert.doesNotMatch(measured([]).join(), /gridwire_lag_messages/);
  });

  it('are one series where their names are one once they are written', () => {
    const named = (node: string): Standing => ({ of: 'lag', place: { ...NAME, node }, count: 1 });
    const text = measured([named('half \ud83d'), named('half \ud83c'), named(`${'x'.repeat(199)}\u{1f50b}`)]);
    const names = text
      .filter((line) => line.startsWith('gridwire_lag_messages'))
      .map((line) => Buffer.from(line));
    assert.equal(new Set(names.map(String)).size, 2);
    assert.equal(names.length, 2);
  });
});
