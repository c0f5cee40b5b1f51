import { type About, listen } from '../facts/facts.js';
import { standings } from '../facts/standings.js';
import type { Registry } from './registry.js';
import { SeriesCache } from './series-cache.js';

/** The bounds of the Python library that TaylorDash uses, where nothing else is said. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/**
 * The four metrics of TaylorDash, with the names, labels and types of its document ("Prometheus Metrics"), about events of
 * its contract. `topic` is the form of a topic, which for TaylorDash's own events is the topic.
 */
export function countForTaylorDash(registry: Registry): { measure: () => void; end: () => void } {
  const ingested = registry.counter(
    'taylor_ingest_total',
    'Total MQTT events ingested',
    ...['topic', 'kind'],
  );
  const letters = registry.counter('taylor_dlq_total', 'Total events sent to DLQ', ...['topic', 'reason']);
  const latency = registry.histogram('taylor_event_latency_seconds', 'Event processing latency', BOUNDS);
  const connections = registry.gauge('taylor_mqtt_connections_active', 'Active MQTT connections');
  let isUsed = false;
  const isOurs = (about: About | undefined): about is About => {
    if (about?.contract !== 'taylordash') return false;
    return (isUsed = true);
  };
  const seriesOf = new SeriesCache((_place, about) => ({
    count: ingested.of(about?.template ?? '', about?.wireName ?? ''),
    latencies: latency.of(),
  }));
  const end = listen({
    accepted: ({ about }) => void isOurs(about),
    processed: (told) => {
      if (!isOurs(told.about) || told.code !== undefined) return;
      const { count, latencies } = seriesOf.of(told);
      count.add();
      latencies.observe(told.seconds);
    },
    lettered: ({ about, code }) => {
      if (isOurs(about)) letters.of(about.template, code).add();
    },
  });
  const measure = (): void => {
    connections.clear();
    if (!isUsed) return;
    connections.of().value = standings().filter(
      (standing) => standing.of === 'broker' && standing.place.system === 'mqtt' && standing.connected,
    ).length;
  };
  return { measure, end };
}
