import { type About, listen } from '../facts/facts.js';
import { standings } from '../facts/standings.js';
import type { Cell, Distribution, Family, Registry } from './registry.js';

/** The bounds of the Python library that TaylorDash uses, where nothing else is said. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Where an event of TaylorDash that the flow has finished with is counted beside all others. */
interface Finished {
  count: Cell;
  latencies: Distribution;
}

/**
 * The four metrics of TaylorDash, with the names, labels and types of its document ("Prometheus Metrics"), about events of
 * its contract. `topic` is the form of a topic, which for TaylorDash's own events is the topic.
 *
 * It is asked about each kind of event once, by whoever counts them all: to listen itself would cost every event of every
 * contract something.
 */
export class TaylorDashMetrics {
  /** Ends it. */
  readonly end: () => void;
  private readonly ingested: Family<Cell>;
  private readonly latency: Family<Distribution>;
  private readonly connections: Family<Cell>;
  private isUsed = false;

  constructor(registry: Registry) {
    this.ingested = registry.counter(
      'taylor_ingest_total',
      'Total MQTT events ingested',
      ...['topic', 'kind'],
    );
    const letters = registry.counter('taylor_dlq_total', 'Total events sent to DLQ', ...['topic', 'reason']);
    this.latency = registry.histogram('taylor_event_latency_seconds', 'Event processing latency', BOUNDS);
    this.connections = registry.gauge('taylor_mqtt_connections_active', 'Active MQTT connections');
    this.end = listen({
      lettered: ({ about, code }) => {
        if (this.met(about)) letters.of(about.template, code).add();
      },
    });
  }

  /** An event of this kind came or went. @returns whether it is one of TaylorDash's */
  met(about: About | undefined): about is About {
    if (about?.contract !== 'taylordash') return false;
    return (this.isUsed = true);
  }

  /** Where those of this kind are counted that the flow has finished with; undefined for other contracts'. */
  finished(about: About | undefined): Finished | undefined {
    if (!this.met(about)) return undefined;
    return { count: this.ingested.of(about.template, about.wireName), latencies: this.latency.of() };
  }

  /** Looks at what is true at this moment. */
  measure(): void {
    this.connections.clear();
    if (!this.isUsed) return;
    this.connections.of().value = standings().filter(
      (standing) => standing.of === 'broker' && standing.place.system === 'mqtt' && standing.connected,
    ).length;
  }
}
