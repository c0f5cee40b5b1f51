import type { NodeAPI } from 'node-red';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import { measureCommit } from '../../src/store/connection/commit-probe.js';
import type { EventStore } from '../../src/store/event-store.js';
import { registerLetterRoutes } from './letter-routes.js';
import { registerQueueRoutes } from './queue-routes.js';
import { registerRepairRoutes } from './repair-routes.js';
import { storeRoute } from './store-route.js';
import { wholeNumber } from './asked.js';

const AUDIT_PAGE = 100;

/** Admin routes: how the deployed store is doing, what lies in it, and what a person may do about that. */
export function registerStoreRoutes(RED: NodeAPI): void {
  storeRoute(RED, 'get', 'state', async ({ store }) => {
    try {
      return await describe(await store());
    } catch (thrown) {
      const { code, message } = toGridwireError(thrown);
      return { state: 'unavailable', error: { code, message } };
    }
  });

  storeRoute(RED, 'post', 'erase', async ({ store, body, actor }) => {
    if (typeof body['subject'] !== 'string') {
      throw new GridwireError('SETTING_INVALID', 'Name the subject to erase: { "subject": "SN-77" }.');
    }
    return (await store()).erase(body['subject'], actor);
  });

  storeRoute(RED, 'get', 'audit', async ({ store, query }) => {
    const before = wholeNumber(query, 'before') ?? Number.MAX_SAFE_INTEGER;
    return { entries: await (await store()).audit.list(before, AUDIT_PAGE) };
  });

  registerLetterRoutes(RED);
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
