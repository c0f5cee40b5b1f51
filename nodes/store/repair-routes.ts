import type { NodeAPI } from 'node-red';
import { createHash } from 'node:crypto';
import { GridwireError } from '../../src/errors.js';
import type { JsonObject, WireMessage } from '../../src/event.js';
import type { DeadLetter } from '../../src/store/dead-letter-store.js';
import { letterCommandTest } from '../../src/delivery/history/command-test.js';
import { recover, type RecoveryPlan } from '../../src/delivery/history/recovery.js';
import type { StoreConnection } from '../../src/store/connection/store-connection.js';
import { assertRepaired, patchedMessage } from '../outbound/letter-patch.js';
import { readable } from '../runtime/messages.js';
import { type Asked, letterQuery, text } from './asked.js';
import { editedBody, letterOf, selectionOf } from './letter-routes.js';
import { Repair } from './repair.js';
import { storeRoute, type StoreRequest } from './store-route.js';
import { type WayBack, wayBack } from './way-back.js';

const MAX_PATCH = 20_000;
/** A person who asks for another attempt gets it, however often the letter was tried before. */
const ATTEMPTS = 1_000_000;

/** Admin routes to repair dead letters: one by hand, or many by an expression. */
export function registerRepairRoutes(RED: NodeAPI): void {
  const repairs = new WeakMap<StoreConnection, Repair>();

  /** Shows what would be sent, without sending it. */
  storeRoute(RED, 'post', 'letters/:letter/try', async (request) => {
    const letter = await letterOf(await request.store(), request.params['letter']);
    const message = await repaired(RED, request, letter);
    const { contract } = wayBack(RED, request.node.id, text(request.body, 'through'));
    assertRepaired(message, contract);
    const shown = readable(message.body);
    return typeof shown === 'string' ? { text: shown } : { hex: shown.toString('hex') };
  });

  storeRoute(RED, 'post', 'letters/:letter/republish', async (request) => {
    const { node, store, params, body, actor } = request;
    const way = wayBack(RED, node.id, text(body, 'through'));
    const events = await store();
    const { id } = await letterOf(events, params['letter']);
    const query = { ids: [id] };
    const patch = (letter: DeadLetter) => repaired(RED, request, letter);
    const edit = changes(body);
    if (edit !== undefined)
      await events.audit.add({ at: Date.now(), actor, action: 'edit', details: { ids: [id], ...edit } });
    const details = { ids: [id], through: String(body['through']) };
    await events.audit.add({ at: Date.now(), actor, action: 'recover', details });
    return recover(events.deadLetters, planOf(way, query, patch));
  });

  storeRoute(RED, 'post', 'repair', async (request) => {
    const { node, connection, store, body, actor } = request;
    const way = wayBack(RED, node.id, text(body, 'through'));
    const selection = selectionOf(body);
    const { states: _own, ...query } = letterQuery(selection);
    const { deadLetters, audit } = await store();
    if (repairs.get(connection)?.running === true) {
      throw new GridwireError(
        'STORE_CONFLICT',
        'A repair is running already; cancel it, or wait for its end.',
      );
    }
    const patch = (letter: DeadLetter) => repaired(RED, request, letter);
    const details = { ...selection, ...changes(body), through: String(body['through']) } as JsonObject;
    await audit.add({ at: Date.now(), actor, action: 'recover', details });
    const repair = new Repair((progress, signal) =>
      recover(deadLetters, planOf(way, query, patch), progress, signal),
    );
    repairs.set(connection, repair);
    return repair.state;
  });

  storeRoute(RED, 'get', 'repair', ({ connection }) =>
    Promise.resolve(repairs.get(connection)?.state ?? { state: 'none' }),
  );

  storeRoute(RED, 'post', 'repair/cancel', ({ connection }) => {
    repairs.get(connection)?.cancel();
    return Promise.resolve(repairs.get(connection)?.state ?? { state: 'none' });
  });
}

function planOf(
  way: WayBack,
  query: RecoveryPlan['query'],
  patch: NonNullable<RecoveryPlan['patch']>,
): RecoveryPlan {
  return {
    query,
    attempts: ATTEMPTS,
    isCommand: letterCommandTest(way.contract),
    patch,
    validate: (message) => assertRepaired(message, way.contract),
    publish: async (message) => {
      await way.broker.publish(message);
    },
  };
}

/** The letter's message as the request wants it: with an edited body, patched, or as it is. */
async function repaired(
  RED: NodeAPI,
  { node, body }: StoreRequest,
  letter: DeadLetter,
): Promise<WireMessage> {
  const edited = editedBody(body);
  if (edited !== undefined) return { ...letter.message, body: edited };
  const patch = text(body, 'patch', MAX_PATCH);
  return patch === undefined ? letter.message : patchedMessage(RED, node, patch, letter);
}

/** What the audit log keeps of a change: the expression, or a digest of the new body, which may name a person. */
function changes(body: Asked): { patch: string } | { bodyDigest: string } | undefined {
  const edited = editedBody(body);
  if (edited !== undefined) return { bodyDigest: createHash('sha256').update(edited).digest('hex') };
  const patch = text(body, 'patch', MAX_PATCH);
  return patch === undefined ? undefined : { patch };
}
