import type { NodeAPI } from 'node-red';
import { GridwireError } from '../../src/errors.js';
import type { LiveOutboxes } from '../runtime/live-outboxes.js';
import { type QueueOwner, queueOf } from '../runtime/queue-owner.js';
import { text, wholeNumber } from './asked.js';
import { messageToJson } from './message-file.js';
import { type Orphan, orphansIn } from './orphans.js';
import { storeRoute } from './store-route.js';

/** Messages of one answer of an export. */
const PAGE = 200;
const PAGE_BYTES = 8 * 1_048_576;

/** A deployed node through which an orphan can be sent. */
export interface QueueSender {
  id: string;
  type: string;
  name: string;
}

/** The nodes of the kind that send to the broker for which the orphan waits; nothing goes to another one. */
export function sendersFor(live: LiveOutboxes, orphan: Orphan): QueueSender[] {
  return live
    .all()
    .filter(({ owner }) => canSend(owner, orphan))
    .map(({ owner: { node } }) => ({ id: node.id, type: node.type, name: node.name ?? '' }));
}

function canSend({ kind, brokerNode }: QueueOwner, { kindOfNode, broker }: Orphan): boolean {
  return kind === kindOfNode && brokerNode.id === broker;
}

/** Admin routes for what waits and has no node: let another one send it, or take it out as a file. */
export function registerOrphanRoutes(RED: NodeAPI): void {
  storeRoute(
    RED,
    'post',
    'queues/outbox/:queue/send',
    'commands',
    ['through'],
    async ({ node, store, params, body, note }) => {
      const events = await store();
      const queue = params['queue'] ?? '';
      const through = text(body, 'through');
      const orphans = await orphansIn(RED, events, node.outboxes);
      const orphan = orphans.find((each) => each.kind === 'outbox' && each.queue === queue);
      if (orphan === undefined) {
        throw new GridwireError(
          'SETTING_INVALID',
          `Nothing waits in "${queue}" without a node: its own node sends it.`,
        );
      }
      const live = node.outboxes
        .all()
        .find(({ owner }) => owner.node.id === through && canSend(owner, orphan));
      if (live === undefined) {
        throw new GridwireError(
          'SETTING_INVALID',
          'Name by "through" a deployed node of the same kind that keeps its events in this store and sends to the same broker: what was meant for one broker is never sent to another.',
          { details: { queue, broker: orphan.broker ?? null } },
        );
      }
      const moved = await events.outbox.move(queue, await events.ownQueue(queueOf(live.owner)));
      live.outbox.lookAgain();
      const details = { kind: 'outbox', queue, through: through ?? '', moved };
      await note(events, 'send', details, `${moved} handed over`);
      return { moved };
    },
  );

  storeRoute(
    RED,
    'get',
    'queues/outbox/:queue/export',
    'payloads',
    ['after'],
    async ({ store, params, query }) => {
      const after = wholeNumber(query, 'after') ?? 0;
      const page = await (await store()).outbox.peek(params['queue'] ?? '', after, PAGE, PAGE_BYTES);
      return {
        messages: page.map(({ message, enqueuedAt }) => ({
          ...messageToJson(message),
          enqueuedAt: new Date(enqueuedAt).toISOString(),
        })),
        ...(page.length === 0 ? {} : { after: page.at(-1)?.id }),
      };
    },
  );
}
