import type { EventStore } from '../../src/store/event-store.js';
import type * as OpenStore from '../../src/store/connection/open-store.js';
import { built } from '../built.js';

export const ROWS = 40_000;
export const SINGLE_ROWS = 2_000;
/** Events a flow has under way at once. */
const IN_FLIGHT = 1_000;
/** The built one: the store's thread runs compiled code, as it does for users. */
export const openStore = () => built<typeof OpenStore>('src/store/connection/open-store.js').openStore;
export const TOPIC = 'tracker/events/projects/updated';

/** A project event as TaylorDash publishes it, about 450 bytes. */
export function body(number: number): string {
  return JSON.stringify({
    trace_id: `550e8400-e29b-41d4-a716-${String(number).padStart(12, '0')}`,
    ts: '2025-01-15T10:30:00.000Z',
    kind: 'project_updated',
    idempotency_key: `project_updated_1736937000000_${number}`,
    payload: {
      project_id: '550e8400-e29b-41d4-a716-446655440000',
      name: 'Solar roof, hall 3',
      status: 'active',
      updated_by: '550e8400-e29b-41d4-a716-446655440001',
      progress: number % 100,
      timestamp: '2025-01-15T10:30:00.000Z',
    },
  });
}

/** Bodies are made beforehand: making them is the flow's work, not the store's. As many as the peers write. */
const BODIES = Array.from({ length: ROWS }, (_, number) => Buffer.from(body(number)));

/** Mirrors events one by one, as they come from a flow, a bounded number under way. @returns rows per second */
export async function mirrorRate(store: EventStore): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < ROWS) {
      const bytes = BODIES[next++]!;
      await store.mirror.append([
        { message: { topic: TOPIC, body: bytes, qos: 1, retain: false, headers: {} } },
      ]);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  const seconds = (performance.now() - start) / 1000;
  const kept = await store.mirror.count({ topicFilter: TOPIC });
  if (kept !== ROWS) throw new Error(`${kept} of ${ROWS} rows were kept`);
  return ROWS / seconds;
}
