import type { EventStore } from '../../src/store/event-store.js';

/** Which of the rows that a writer process had reported committed are not in the mirror. */
export async function missingRows(store: EventStore, rows: readonly number[]): Promise<number[]> {
  const missing = new Set(rows);
  for (let after = 0; ;) {
    const page = await store.mirror.read({}, after, 5_000);
    for (const { message } of page) missing.delete(Number(message.topic.slice(2)));
    const last = page.at(-1);
    if (!last) return [...missing];
    after = last.id;
  }
}
