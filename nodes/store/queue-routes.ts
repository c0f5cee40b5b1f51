import type { Node, NodeAPI } from 'node-red';
import type { Outbox } from '../../src/delivery/outbound/outbox.js';
import { GridwireError } from '../../src/errors.js';
import { messageBytes } from '../../src/event.js';
import { facts } from '../../src/observe/facts/facts.js';
import type { EventStore } from '../../src/store/event-store.js';
import type { OutboxEntry, QueueSummary } from '../../src/store/queue-stores.js';
import { type Asked, idList, unusable } from './asked.js';
import { placeOf } from '../runtime/place.js';
import { ownerIn } from '../runtime/queue-owner.js';
import { registerOrphanRoutes, sendersFor } from './orphan-routes.js';
import { type Orphan, orphansIn } from './orphans.js';
import { storeRoute } from './store-route.js';

const PAGE = 50;
/** Messages removed in one commit. */
const SLICE = 500;
const FOR_EVER = Number.MAX_SAFE_INTEGER;

/** Admin routes to see which messages wait (for a broker, or for their next attempt) and to give them up. */
export function registerQueueRoutes(RED: NodeAPI): void {
  registerOrphanRoutes(RED);
  storeRoute(RED, 'get', 'queues', 'states', [], async ({ node, store }) => {
    const events = await store();
    const orphans = await orphansIn(RED, events, node.outboxes);
    const described = (queues: QueueSummary[], kind: Orphan['kind']): object[] =>
      queues.map((queue) => {
        const orphan = orphans.find((each) => each.kind === kind && each.queue === queue.queue);
        if (orphan === undefined) return { ...queue, owner: ownerOf(RED, queue.queue) };
        return { ...queue, senders: kind === 'outbox' ? sendersFor(node.outboxes, orphan) : [] };
      });
    return {
      outbox: described(await events.outbox.queues(), 'outbox'),
      parked: described(await events.parked.queues(), 'parked'),
    };
  });

  storeRoute(RED, 'get', 'queues/:kind/:queue', 'payloads', [], async ({ store, params }) => ({
    messages: await KINDS[kindOf(params)].list(await store(), params['queue'] ?? ''),
  }));

  storeRoute(
    RED,
    'post',
    'queues/:kind/:queue/discard',
    'repair',
    ['ids', 'all'],
    async ({ node, store, params, body, note }) => {
      const kind = kindOf(params);
      const queue = params['queue'] ?? '';
      const events = await store();
      const live = await node.outboxes.of(events, queue);
      const discarded = await KINDS[kind].discard(events, queue, body, live?.outbox);
      await note(events, 'discard', { kind, queue, discarded }, `${discarded} given up`);
      node.inboxes.lookAgain();
      tellDiscarded(node, kind, discarded);
      return { discarded };
    },
  );
}

function tellDiscarded(node: Node, kind: 'outbox' | 'parked', count: number): void {
  const way = kind === 'outbox' ? 'out' : 'in';
  if (count > 0) facts.dropped.tell({ place: placeOf(node), way, code: 'OUTBOX_DISCARDED', count });
}

interface Waiting {
  id: number | string;
  topic: string;
  bytes: number;
  since: number;
  attempts?: number;
  nextAttemptAt?: number;
  reason?: string;
}

interface Kind {
  /** The messages that come first. */
  list(store: EventStore, queue: string): Promise<Waiting[]>;
  /**
   * Gives up the messages that are named, or all of them.
   * @param live of the node that works on the queue; told, because it has some of them in memory
   * @returns how many
   */
  discard(store: EventStore, queue: string, body: Asked, live: Outbox | undefined): Promise<number>;
}

const KINDS: Record<'outbox' | 'parked', Kind> = {
  outbox: {
    list: async ({ outbox }, queue) =>
      (await outbox.peek(queue, 0, PAGE)).map(({ id, message, enqueuedAt }) => ({
        ...{ id, topic: message.topic, bytes: message.body.byteLength, since: enqueuedAt },
      })),
    discard: async ({ outbox }, queue, body, live) => {
      const remove = async (entries: OutboxEntry[]): Promise<number> => {
        live?.discard(entries.map(({ id, message }) => ({ id, bytes: messageBytes(message) })));
        await outbox.remove(
          queue,
          entries.map(({ id }) => id),
        );
        return entries.length;
      };
      const ids = named(body) && idList(body);
      if (ids !== undefined) {
        const found = await Promise.all(ids.map((id) => outbox.peek(queue, id - 1, 1)));
        return remove(found.flat().filter(({ id }) => ids.includes(id)));
      }
      for (let discarded = 0; ;) {
        const page = await outbox.peek(queue, 0, SLICE);
        if (page.length === 0) return discarded;
        discarded += await remove(page);
      }
    },
  },
  parked: {
    list: async ({ parked }, queue) =>
      (await parked.due(queue, FOR_EVER, PAGE)).map(
        ({ key, message, parkedAt, attempts, nextAttemptAt, reason }) => ({
          ...{ id: key, topic: message.topic, bytes: message.body.byteLength, since: parkedAt },
          ...{ attempts, nextAttemptAt, reason },
        }),
      ),
    discard: async ({ parked }, queue, body) => {
      const keys = named(body) && keyList(body);
      if (keys !== undefined) {
        await parked.remove(queue, keys);
        return keys.length;
      }
      for (let discarded = 0; ;) {
        const page = await parked.due(queue, FOR_EVER, SLICE);
        if (page.length === 0) return discarded;
        await parked.remove(
          queue,
          page.map(({ key }) => key),
        );
        discarded += page.length;
      }
    },
  },
};

function kindOf({ kind }: Record<string, string>): 'outbox' | 'parked' {
  if (kind === 'outbox' || kind === 'parked') return kind;
  throw unusable('kind', 'outbox or parked');
}

/** Whether messages are named; all of a queue has to be asked for. */
function named(body: Asked): true | undefined {
  if (body['ids'] !== undefined) return true;
  if (body['all'] === true) return undefined;
  throw new GridwireError('SETTING_INVALID', 'Name the messages by "ids", or say "all": true.');
}

function keyList({ ids }: Asked): string[] {
  if (Array.isArray(ids) && ids.length <= SLICE && ids.every((key) => typeof key === 'string')) return ids;
  throw unusable('ids', `a list of at most ${SLICE} texts`);
}

/** The deployed node whose queue it is. */
function ownerOf(RED: NodeAPI, queue: string): { type: string; name: string } | undefined {
  const node = RED.nodes.getNode(ownerIn(queue).node) as Node | null;
  return node === null ? undefined : { type: node.type, name: node.name ?? '' };
}
