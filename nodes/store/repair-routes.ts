import { createHash } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import { letterCommandTest } from '../../src/delivery/history/command-test.js';
import {
  outcomeText,
  type RecoveryPlan,
  type RecoveryProgress,
} from '../../src/delivery/history/recovery.js';
import { GridwireError, toGridwireError } from '../../src/errors.js';
import type { JsonObject } from '../../src/event.js';
import type { StoreConnection } from '../../src/store/connection/store-connection.js';
import type { EventStore } from '../../src/store/event-store.js';
import { assertRepaired, type LetterPatch, letterPatch } from '../outbound/letter-patch.js';
import { recoverLetters } from '../outbound/recover-letters.js';
import { sentAgain } from '../outbound/sent-again.js';
import { type Asked, idList, letterQuery, nameList, text } from './asked.js';
import { editedBody, letterOf, selectionOf } from './letter-routes.js';
import { bodyShown, preview } from './preview.js';
import { Repair } from './repair.js';
import { storeRoute, type StoreRequest } from './store-route.js';
import { type WayBack, wayBack } from './way-back.js';

const MAX_PATCH = 20_000;
/** A person who asks for one letter gets another attempt, however often it was tried; within reason. */
const ATTEMPTS = 100;
/** All letters of a list are tried less often: nobody looks at each. */
const BULK_ATTEMPTS = 10;
const CHANGE = ['edited', 'patch'];

/** Admin routes to repair dead letters: one by hand, or many by an expression. */
export function registerRepairRoutes(RED: NodeAPI): void {
  const repairs = new WeakMap<StoreConnection, Repair>();

  /** Shows what would be sent, without sending it. */
  storeRoute(RED, 'post', 'letters/:letter/try', 'repair', ['through', ...CHANGE], async (request) => {
    const letter = await letterOf(await request.store(), request.params['letter']);
    const message = await changeOf(request.body).make(letter);
    const { contract } = wayBack(RED, request.node.id, text(request.body, 'through'));
    assertRepaired(message, contract);
    return bodyShown(message.body);
  });

  storeRoute(
    RED,
    'post',
    'letters/:letter/republish',
    'repair',
    ['through', 'commands', ...CHANGE],
    async (request) => {
      const { node, store, params, body } = request;
      const way = wayBack(RED, node.id, text(body, 'through'));
      const change = changeOf(body);
      const events = await store();
      const { id } = await letterOf(events, params['letter']);
      const plan = planOf(RED, way, { ids: [id] }, change, commandsOf(request), ATTEMPTS);
      return audited(events, request, { ids: [id], ...change.note }, () =>
        recoverLetters(RED, node.id, events.deadLetters, plan),
      );
    },
  );

  /** The first letters before and after, and how many of those looked at would pass. Nothing is sent. */
  storeRoute(
    RED,
    'post',
    'repair/preview',
    'repair',
    ['through', 'filter', 'ids', 'patch', 'commands'],
    async (request) => {
      const { node, store, body } = request;
      const { contract } = wayBack(RED, node.id, text(body, 'through'));
      const change = changeOf(body);
      const { query } = wantedOf(body);
      const commands = commandsOf(request);
      const { deadLetters } = await store();
      const { isChange } = change;
      const rules = { isCommand: letterCommandTest(contract), commands, isChange };
      return preview(deadLetters, query, change.make, (message) => assertRepaired(message, contract), rules);
    },
  );

  storeRoute(
    RED,
    'post',
    'repair',
    'repair',
    ['through', 'filter', 'ids', 'patch', 'commands'],
    async (request) => {
      const { node, connection, store, body } = request;
      const way = wayBack(RED, node.id, text(body, 'through'));
      const { selection, query } = wantedOf(body);
      const change = changeOf(body);
      const plan = planOf(RED, way, query, change, commandsOf(request), BULK_ATTEMPTS);
      const events = await store();
      if (repairs.get(connection)?.running === true) {
        throw new GridwireError(
          'STORE_CONFLICT',
          'A repair is running already; cancel it, or wait for its end.',
        );
      }
      const repair = new Repair((progress, signal) =>
        audited(events, request, { ...selection, ...change.note }, () =>
          recoverLetters(RED, node.id, events.deadLetters, plan, progress, signal),
        ),
      );
      repairs.set(connection, repair);
      return repair.state;
    },
  );

  storeRoute(RED, 'get', 'repair', 'payloads', [], ({ connection }) =>
    Promise.resolve(repairs.get(connection)?.state ?? { state: 'none' }),
  );

  storeRoute(RED, 'post', 'repair/cancel', 'repair', [], ({ connection }) => {
    repairs.get(connection)?.cancel();
    return Promise.resolve(repairs.get(connection)?.state ?? { state: 'none' });
  });
}

/**
 * The letters that a repair is wanted for, named one by one or by a filter: as it goes into the audit log, and as the
 * store is asked.
 */
function wantedOf(body: Asked): { selection: JsonObject; query: RecoveryPlan['query'] } {
  const ids = idList(body);
  if (ids !== undefined) return { selection: { ids }, query: { ids } };
  const selection = selectionOf(body);
  const { states: _own, ...query } = letterQuery(selection);
  return { selection, query };
}

/**
 * The command types that a request names, for which it needs a right of its own.
 * @throws GridwireError `RIGHT_MISSING`
 */
function commandsOf({ body, assertMay }: StoreRequest): string[] {
  const commands = nameList(body, 'commands');
  if (commands.length > 0) assertMay('commands');
  return commands;
}

/** Does something and writes down who did it and how it ended, when it has ended; then it is known. */
async function audited(
  events: EventStore,
  request: StoreRequest,
  details: JsonObject,
  work: () => Promise<RecoveryProgress>,
): Promise<RecoveryProgress> {
  const commands = nameList(request.body, 'commands');
  const what = {
    ...details,
    ...(commands.length === 0 ? {} : { commands }),
    through: text(request.body, 'through') ?? '',
  };
  const note = (outcome: string): Promise<void> => request.note(events, 'recover', what, outcome);
  let progress: RecoveryProgress;
  try {
    progress = await work();
  } catch (error) {
    // The store may be why it failed; what happened is told by the error in any case.
    await note(`ended early: ${toGridwireError(error).message}`).catch(() => undefined);
    throw error;
  }
  await note(outcomeText(progress));
  return progress;
}

function planOf(
  RED: NodeAPI,
  way: WayBack,
  query: RecoveryPlan['query'],
  { isChange, make }: LetterChange,
  commands: readonly string[],
  attempts: number,
): RecoveryPlan {
  return {
    query,
    attempts,
    commands,
    isCommand: letterCommandTest(way.contract),
    ...(isChange ? { patch: make } : {}),
    validate: (message) => assertRepaired(message, way.contract),
    publish: async (message) => {
      await sentAgain(RED, way.place, way.contract, message, () => way.broker.publish(message));
    },
  };
}

/** What a request wants done to a body, and what the audit log keeps of that. */
interface LetterChange {
  isChange: boolean;
  make: LetterPatch;
  note: JsonObject;
}

/** @throws GridwireError `SETTING_INVALID` for a patch that is no expression, and for an edit that is no body */
function changeOf(body: Asked): LetterChange {
  const edited = editedBody(body);
  if (edited !== undefined) {
    // A digest: the body may name a person.
    const note = { bodyDigest: createHash('sha256').update(edited).digest('hex') };
    return { isChange: true, make: ({ message }) => Promise.resolve({ ...message, body: edited }), note };
  }
  const patch = text(body, 'patch', MAX_PATCH);
  if (patch !== undefined) return { isChange: true, make: letterPatch(patch), note: { patch } };
  return { isChange: false, make: ({ message }) => Promise.resolve(message), note: {} };
}
