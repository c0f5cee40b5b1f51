import { type About, listen, type Place, type Trouble } from '../facts/facts.js';
import type { Cell, Distribution, Registry } from './registry.js';
import { SeriesCache } from './series-cache.js';
import type { TaylorDashMetrics } from './taylordash-metrics.js';

/** The bounds that OpenTelemetry advises for the durations of messaging, seconds. */
export const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** How long an event may wait for a broker that is away, seconds. */
const WAITS = [0.01, 0.1, 1, 10, 60, 600, 3_600, 86_400];

const KIND = ['node', 'broker', 'messaging_system', 'contract', 'type', 'messaging_destination_template'];
const PLACE = ['node', 'broker', 'messaging_system'];

/** Counts what happens to events. @param taylorDash counts its own beside them @returns ends it */
export function countEvents(registry: Registry, taylorDash: TaylorDashMetrics): () => void {
  const sent = registry.counter(
    'messaging_client_sent_messages_total',
    'Events that a broker has acknowledged, or refused for good (error_type).',
    ...KIND,
    'error_type',
  );
  const operation = registry.histogram(
    'messaging_client_operation_duration_seconds',
    'From writing an event to the wire to its acknowledgement.',
    SECONDS,
    ...PLACE,
    'messaging_operation_name',
  );
  const age = registry.histogram(
    'gridwire_delivery_duration_seconds',
    'From accepting an event to its acknowledgement, all waiting included.',
    WAITS,
    ...PLACE,
  );
  const accepted = registry.counter(
    'gridwire_accepted_events_total',
    'Events that an outbox answers for.',
    ...KIND,
  );
  const consumed = registry.counter(
    'messaging_client_consumed_messages_total',
    'Events that a broker has handed over.',
    ...PLACE,
  );
  const processed = registry.histogram(
    'messaging_process_duration_seconds',
    'What the flow needs for an event; error_type where it failed.',
    SECONDS,
    'node',
    'contract',
    'type',
    'error_type',
  );
  const settled = registry.histogram(
    'gridwire_settlement_duration_seconds',
    'From the coming of an event to its acknowledgement to the broker.',
    SECONDS,
    ...PLACE,
  );
  const troubles = {
    refused: registry.counter(
      'gridwire_refused_events_total',
      'Events that were not accepted, or are not processed.',
      ...['node', 'way', 'contract', 'type', 'reason'],
    ),
    failed: registry.counter(
      'gridwire_failed_events_total',
      'Out: events that failed for good. In: attempts that failed.',
      ...['node', 'way', 'contract', 'type', 'reason'],
    ),
    expired: registry.counter(
      'gridwire_expired_events_total',
      'Events that were given up because they were too late.',
      ...['node', 'way', 'contract', 'type', 'reason'],
    ),
    dropped: registry.counter(
      'gridwire_dropped_events_total',
      'Events that are lost, here or as far as it says so at the broker.',
      ...['node', 'way', 'contract', 'type', 'reason'],
    ),
  };
  const broken = registry.counter(
    'gridwire_validation_failures_total',
    'Events that break their contract, by the first rule that each breaks.',
    ...['node', 'contract', 'type', 'rule'],
  );
  const parked = registry.counter(
    'gridwire_parked_events_total',
    'Events put into the store: until their next attempt (parked), while they are worked on (kept), until a decision (held).',
    ...['node', 'kind'],
  );
  const lettered = registry.counter(
    'gridwire_dead_letters_total',
    'Events that became dead letters.',
    ...['node', 'contract', 'type', 'reason'],
  );
  const repeated = registry.counter(
    'gridwire_repeated_events_total',
    'Repetitions that were recognised and left out.',
    'node',
  );

  const acceptedOf = new SeriesCache((place, about) => {
    taylorDash.met(about);
    return accepted.of(...kind(place, about));
  });
  const sentOf = new SeriesCache((place, about) => ({
    count: sent.of(...kind(place, about), ''),
    seconds: operation.of(...at(place), 'send'),
    age: age.of(...at(place)),
  }));
  const consumedOf = new SeriesCache((place) => consumed.of(...at(place)));
  const settledOf = new SeriesCache((place) => settled.of(...at(place)));
  const ofFlow = ({ node }: Place, about: About | undefined, code: string): Distribution =>
    processed.of(node, about?.contract ?? '', about?.type ?? '', code);
  const processedOf = new SeriesCache((place, about) => ({
    seconds: ofFlow(place, about, ''),
    ofTaylorDash: taylorDash.finished(about),
  }));
  const trouble = (name: keyof typeof troubles, told: Trouble): Cell =>
    troubles[name].of(
      ...[told.place.node, told.way, told.about?.contract ?? '', told.about?.type ?? '', told.code],
    );

  return listen({
    accepted: (told) => acceptedOf.of(told).add(),
    sent: (told) => {
      const { count, seconds, age: waited } = sentOf.of(told);
      count.add();
      seconds.observe(told.seconds);
      waited.observe(told.age);
    },
    received: (told) => consumedOf.of(told).add(),
    settled: (told) => settledOf.of(told).observe(told.seconds),
    processed: (told) => {
      const { place, about, code } = told;
      if (code !== undefined) {
        taylorDash.met(about);
        ofFlow(place, about, code).observe(told.seconds);
        return;
      }
      const { seconds, ofTaylorDash } = processedOf.of(told);
      seconds.observe(told.seconds);
      ofTaylorDash?.count.add();
      ofTaylorDash?.latencies.observe(told.seconds);
    },
    refused: (told) => {
      trouble('refused', told).add();
      const { place, about, rule } = told;
      if (rule !== undefined) broken.of(place.node, about?.contract ?? '', about?.type ?? '', rule).add();
    },
    failed: (told) => {
      trouble('failed', told).add();
      if (told.way === 'out') sent.of(...kind(told.place, told.about), told.code).add();
    },
    expired: (told) => trouble('expired', told).add(),
    dropped: (told) => trouble('dropped', told).add(told.count),
    parked: ({ place, kind: as }) => parked.of(place.node, as).add(),
    lettered: ({ place, about, code }) =>
      lettered.of(place.node, about?.contract ?? '', about?.type ?? '', code).add(),
    repeated: ({ place, count }) => repeated.of(place.node).add(count),
  });
}

/** The values of the labels `PLACE`. */
function at({ node, broker = '', system = '' }: Place): [string, string, string] {
  return [node, broker, system];
}

/** The values of the labels `KIND`. */
function kind(place: Place, about: About | undefined): string[] {
  return [...at(place), about?.contract ?? '', about?.type ?? '', about?.template ?? ''];
}
