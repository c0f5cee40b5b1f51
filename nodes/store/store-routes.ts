import type { NodeAPI } from 'node-red';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import { measureCommit } from '../../src/store/connection/commit-probe.js';
import type { EventStore } from '../../src/store/event-store.js';
import { subjectTest } from '../../src/store/sql/erase.js';
import { memoriesOf } from '../runtime/memories.js';
import { registerLetterFileRoutes } from './letter-file-routes.js';
import { registerLetterRoutes } from './letter-routes.js';
import { orphansIn } from './orphans.js';
import { registerQueueRoutes } from './queue-routes.js';
import { registerRepairRoutes } from './repair-routes.js';
import { storeRoute } from './store-route.js';
import { wholeNumber } from './asked.js';

const AUDIT_PAGE = 100;

/** Admin routes: how the deployed store is doing, what lies in it, and what a person may do about that. */
export function registerRoutes(RED: NodeAPI): void {
  storeRoute(RED, 'get', 'state', 'states', [], async ({ node, store }) => {
    try {
      const events = await store();
      const orphans = await orphansIn(RED, events, node.outboxes);
      const waiting = orphans.reduce((sum, { count }) => sum + count, 0);
      return { ...(await describe(events)), orphans: { queues: orphans.length, count: waiting } };
    } catch (thrown) {
      const { code, message } = toGridwireError(thrown);
      return { state: 'unavailable', error: { code, message } };
    }
  });

  storeRoute(RED, 'post', 'erase', 'erase', ['subject'], async ({ node, store, body, actor, permission }) => {
    if (typeof body['subject'] !== 'string') {
      throw new GridwireError('SETTING_INVALID', 'Name the subject to erase: { "subject": "SN-77" }.');
    }
    const events = await store();
    const names = subjectTest(body['subject']);
    // What is in memory first, so that it is not sent meanwhile; and again, for what came meanwhile.
    const forget = (): number => {
      let count = 0;
      for (const [memory, storeId] of memoriesOf(RED))
        if (storeId === undefined || storeId === node.id) count += memory.erase(names);
      return count;
    };
    const inMemory = forget();
    const receipt = await events.erase(body['subject'], actor, { right: permission, inMemory });
    const later = forget();
    node.inboxes.lookAgain();
    return { ...receipt, inMemory: inMemory + later };
  });

  storeRoute(RED, 'get', 'audit', 'payloads', ['before'], async ({ store, query }) => {
    const before = wholeNumber(query, 'before') ?? Number.MAX_SAFE_INTEGER;
    return { entries: await (await store()).audit.list(before, AUDIT_PAGE) };
  });

  registerLetterRoutes(RED);
  registerLetterFileRoutes(RED);
  registerRepairRoutes(RED);
  registerQueueRoutes(RED);
}

async function describe(store: EventStore): Promise<object> {
  const commit = await measureCommit(store);
  const { error, ...status } = store.status();
  const { bytes } = await store.size();
  return {
    ...status,
    kind: store.kind,
    bytes,
    commitMilliseconds: commit,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}
