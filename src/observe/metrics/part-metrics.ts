import { listen } from '../facts/facts.js';
import { type Standing, standings } from '../facts/standings.js';
import { SECONDS } from './event-metrics.js';
import type { Registry } from './registry.js';

/** Bounds of a histogram; Newton's method needs three to five of them, a sweep some tens. */
const ITERATIONS = [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100];

/** A queue's, and that of what can be reached or cannot. */
const STATES = { label: 'state', values: 2 } as const;

/** Counts what brokers, stores, the grid and battery monitors do. @returns ends it */
export function countParts(registry: Registry): () => void {
  const connections = registry.counter(
    'gridwire_connections_total',
    'How often a broker was connected, with all its connections.',
    'broker',
    'messaging_system',
  );
  const lost = registry.counter(
    'gridwire_connection_failures_total',
    'Connections to a broker that ended or could not be made, each by itself: MQTT has one out, and one for each session in.',
    'broker',
    'messaging_system',
    'reason',
  );
  const commits = registry.histogram(
    'gridwire_store_commit_duration_seconds',
    'Commits of a store; reason where one failed.',
    SECONDS,
    'kind',
    'reason',
  );
  const rows = registry.counter('gridwire_store_rows_total', 'Rows that commits wrote.', 'kind');
  const steps = registry.histogram(
    'gridwire_grid_step_duration_seconds',
    'Steps of a simulated grid.',
    SECONDS,
    'node',
    'converged',
  );
  const iterations = registry.histogram(
    'gridwire_grid_iterations',
    "Iterations of the power flow's solver for a step of a simulated grid.",
    ITERATIONS,
    'node',
    'converged',
  );
  const readings = registry.counter(
    'gridwire_battery_readings_total',
    'Readings of battery monitors; reason where one could not be read.',
    'node',
    'reason',
  );
  const missed = registry.counter(
    'gridwire_stream_missed_events_total',
    'Events that clients of a stream were too slow for; each client counts.',
    'node',
  );
  return listen({
    missed: ({ place, count }) => missed.of(place.node).add(count),
    connected: ({ place: { broker = '', system = '' } }) => connections.of(broker, system).add(),
    lost: ({ place: { broker = '', system = '' }, code }) => lost.of(broker, system, code ?? '').add(),
    written: (told) => {
      commits.of(told.kind, told.code ?? '').observe(told.seconds);
      if (told.code === undefined) rows.of(told.kind).add(told.rows);
    },
    solved: ({ place, converged, iterations: needed, seconds }) => {
      steps.of(place.node, converged ? 'yes' : 'no').observe(seconds);
      iterations.of(place.node, converged ? 'yes' : 'no').observe(needed);
    },
    reading: ({ place, code }) => readings.of(place.node, code ?? '').add(),
  });
}

/** Measures how everything stands. @returns takes the values of this moment */
export function measureStandings(registry: Registry): () => void {
  const outboxes = {
    events: registry.gauge(
      'gridwire_outbox_events',
      'Events that were accepted and not acknowledged.',
      ...['node', 'broker', STATES],
    ),
    bytes: registry.gauge('gridwire_outbox_bytes', 'What these events occupy.', 'node', 'broker'),
    oldest: registry.gauge(
      'gridwire_outbox_oldest_seconds',
      'Age of the oldest event in memory that is not acknowledged.',
      'node',
      'broker',
    ),
    breaker: registry.gauge(
      'gridwire_breaker_open',
      '1 while a broker fails and is only tried from time to time.',
      'node',
      'broker',
    ),
  };
  const inboxes = registry.gauge(
    'gridwire_inbox_events',
    'Events in the hands of the flow (in_hand), and those that wait for their next attempt (waiting).',
    'node',
    STATES,
  );
  const lag = registry.gauge(
    'gridwire_lag_messages',
    "Messages in a broker's log that this node has not settled.",
    'node',
    'broker',
  );
  const connected = registry.gauge(
    'gridwire_broker_connected',
    '1 while the connection stands.',
    'broker',
    'messaging_system',
  );
  const brokerSilent = registry.gauge(
    'gridwire_broker_silent_seconds',
    'For how long the broker has not answered on a connection that stands; 0 while it does.',
    'broker',
    'messaging_system',
  );
  const stores = {
    silent: registry.gauge(
      'gridwire_store_silent_seconds',
      'For how long a commit has had no answer while the store is open; 0 while none is awaited for long.',
      'store',
      'kind',
    ),
    open: registry.gauge('gridwire_store_open', '1 while the store can be used.', 'store', 'kind'),
    pending: registry.gauge('gridwire_store_pending_writes', 'Writes that wait for a commit.', 'store'),
  };
  const silent = registry.gauge(
    'gridwire_silent_devices',
    'Devices of a registry that were not heard for as long as it allows.',
    'node',
  );
  const alarms = registry.gauge('gridwire_alarms', 'Alarms that are active or acknowledged.', 'node', {
    label: 'severity',
    values: 2,
  });
  const monitors = {
    known: registry.gauge(
      'gridwire_battery_monitors',
      'Battery monitors that could be reached when they were last tried (connected), and the others (away).',
      'node',
      STATES,
    ),
    age: registry.gauge(
      'gridwire_battery_reading_age_seconds',
      'Since when the battery monitor has not been read that was read longest ago.',
      'node',
    ),
  };
  const watchers = registry.gauge('gridwire_stream_clients', 'Clients that look on at a stream.', 'node');
  const all = [
    watchers,
    alarms,
    silent,
    ...Object.values(outboxes),
    inboxes,
    lag,
    connected,
    brokerSilent,
    ...Object.values(monitors),
    ...Object.values(stores),
  ];
  const measure = (standing: Standing): void => {
    switch (standing.of) {
      case 'outbox': {
        const { node, broker = '' } = standing.place;
        outboxes.events.of(node, broker, 'waiting').add(standing.waiting);
        outboxes.events.of(node, broker, 'under_way').add(standing.underWay);
        outboxes.bytes.of(node, broker).add(standing.bytes);
        outboxes.oldest.of(node, broker).most(standing.oldest);
        outboxes.breaker.of(node, broker).most(standing.breaker === 'closed' ? 0 : 1);
        break;
      }
      case 'inbox':
        inboxes.of(standing.place.node, 'in_hand').add(standing.inHand);
        inboxes.of(standing.place.node, 'waiting').add(standing.waiting);
        break;
      case 'broker':
        connected
          .of(standing.place.broker ?? '', standing.place.system ?? '')
          .least(Number(standing.connected));
        brokerSilent.of(standing.place.broker ?? '', standing.place.system ?? '').most(standing.silent ?? 0);
        break;
      case 'lag':
        lag.of(standing.place.node, standing.place.broker ?? '').add(standing.count);
        break;
      case 'alarms':
        alarms.of(standing.node, 'critical').add(standing.critical);
        alarms.of(standing.node, 'warning').add(standing.warning);
        break;
      case 'devices':
        silent.of(standing.node).add(standing.silent.length);
        break;
      case 'stream':
        watchers.of(standing.place.node).add(standing.clients);
        break;
      case 'monitors': {
        const { place, known, connected: reached, age } = standing;
        monitors.known.of(place.node, 'connected').add(reached);
        monitors.known.of(place.node, 'away').add(known - reached);
        if (age !== undefined) monitors.age.of(place.node).most(age);
        break;
      }
      case 'probe':
      case 'subscription':
        break;
      case 'store':
        stores.open.of(standing.name, standing.kind).least(Number(standing.open));
        stores.silent.of(standing.name, standing.kind).most(standing.silent ?? 0);
        stores.pending.of(standing.name).add(standing.pending);
    }
  };
  return () => {
    for (const family of all) family.clear();
    for (const standing of standings()) measure(standing);
  };
}
