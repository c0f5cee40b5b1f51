import type { NodeAPI } from 'node-red';
import { GridwireError } from '../../src/errors.js';
import type { JsonObject } from '../../src/event.js';
import { headerPairs } from '../../src/header-order.js';
import type { DeadLetter } from '../../src/store/dead-letter-store.js';
import { discardMatching } from '../../src/delivery/letters/discard.js';
import type { EventStore } from '../../src/store/event-store.js';
import { readable } from '../runtime/messages.js';
import { type Asked, assertMembers, idList, LETTER_FILTER, letterQuery, text, wholeNumber } from './asked.js';
import { storeRoute } from './store-route.js';
import { waysBack } from './way-back.js';

const PAGE = 50;
/** Reasons and topics shown at most. */
const GROUPS = 200;
/** What was given up can be taken back for a day, milliseconds. */
const UNDO = 24 * 3_600_000;
/** More of a body than this is not shown, and cannot be edited by hand. */
const SHOWN_BYTES = 256 * 1024;
/** How far back a letter's history is looked for in the audit log, entries. */
const HISTORY = 1_000;

/** Admin routes to list dead letters, look at one, and give letters up. */
export function registerLetterRoutes(RED: NodeAPI): void {
  storeRoute(
    RED,
    'get',
    'letters',
    'payloads',
    [...LETTER_FILTER, 'before'],
    async ({ node, store, query }) => {
      const { deadLetters } = await store();
      const selected = letterQuery(query);
      const before = wholeNumber(query, 'before') ?? Number.MAX_SAFE_INTEGER;
      const page = await deadLetters.newest(selected, before, PAGE + 1);
      const { codes: _any, ...others } = selected;
      return {
        letters: page.slice(0, PAGE),
        more: page.length > PAGE,
        total: await deadLetters.count(selected),
        codes: await deadLetters.countByCode(others),
        ways: waysBack(RED, node.id),
      };
    },
  );

  storeRoute(RED, 'get', 'letters/:letter', 'payloads', [], async ({ store, params }) => {
    const events = await store();
    return shown(await letterOf(events, params['letter']), events);
  });

  /** How many letters wait, for those who may not see what they hold: reasons can quote it. */
  storeRoute(RED, 'get', 'letter-counts', 'states', [], async ({ store }) => {
    const { deadLetters } = await store();
    const waiting = { states: ['waiting', 'recovering'] } as const;
    return { total: await deadLetters.count(waiting), codes: await deadLetters.countByCode(waiting) };
  });

  storeRoute(RED, 'get', 'letter-groups', 'payloads', LETTER_FILTER, async ({ store, query }) => ({
    groups: await (await store()).deadLetters.groups(letterQuery(query), GROUPS),
  }));

  storeRoute(RED, 'post', 'letters/undiscard', 'repair', ['ids'], async ({ store, body, note }) => {
    const events = await store();
    const ids = idList(body);
    if (ids === undefined) throw new GridwireError('SETTING_INVALID', 'Name the letters by "ids".');
    const restored = await events.deadLetters.undiscard(ids, Date.now() - UNDO);
    await note(events, 'undiscard', { ids }, `${restored} wait again`);
    return { restored };
  });

  storeRoute(RED, 'post', 'letters/discard', 'repair', ['ids', 'filter'], async ({ store, body, note }) => {
    const events = await store();
    const { deadLetters } = events;
    const ids = idList(body);
    const selection = ids === undefined ? selectionOf(body) : { ids };
    const discarded =
      ids === undefined
        ? await discardMatching(deadLetters, letterQuery(selection))
        : await deadLetters.discard(ids);
    await note(events, 'discard', { ...selection, discarded }, `${discarded} given up`);
    return { discarded };
  });
}

/** @throws GridwireError `SETTING_INVALID` when there is no such letter */
export async function letterOf({ deadLetters }: EventStore, id: string | undefined): Promise<DeadLetter> {
  const letter = await deadLetters.get(wholeNumber({ letter: id }, 'letter') ?? 0);
  if (letter !== undefined) return letter;
  throw new GridwireError(
    'SETTING_INVALID',
    'There is no such letter; retention or an erasure has taken it.',
  );
}

/** The filter by which letters are selected, as it goes into the audit log. To mean all letters one has to say so. */
export function selectionOf(body: Asked): JsonObject {
  const { filter } = body;
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    throw new GridwireError('SETTING_INVALID', 'Name the letters by "ids" or by "filter".');
  }
  assertMembers(filter as JsonObject, LETTER_FILTER);
  return filter as JsonObject;
}

async function shown(letter: DeadLetter, { audit }: EventStore): Promise<object> {
  const { message, ...rest } = letter;
  const part = message.body.subarray(0, SHOWN_BYTES);
  const asText = readable(part);
  const history = await audit.list(Number.MAX_SAFE_INTEGER, HISTORY);
  return {
    ...rest,
    topic: message.topic,
    key: typeof message.key === 'object' ? Buffer.from(message.key).toString('hex') : message.key,
    qos: message.qos,
    retain: message.retain,
    contentType: message.contentType,
    responseTopic: message.responseTopic,
    correlationData: message.correlationData && Buffer.from(message.correlationData).toString('hex'),
    headers: headerPairs(message).map(([name, value]) => ({
      name,
      value: typeof value === 'string' ? value : Buffer.from(value ?? []).toString('hex'),
      encoding: typeof value === 'string' ? 'text' : 'hex',
    })),
    bytes: message.body.byteLength,
    truncated: part.byteLength < message.body.byteLength,
    ...(typeof asText === 'string' ? { text: asText } : {}),
    hex: Buffer.from(part).toString('hex'),
    history: history
      .filter(({ details }) => Array.isArray(details.ids) && details.ids.includes(letter.id))
      .map(({ at, actor, action, details }) => ({ at, actor, action, outcome: details.outcome })),
  };
}

/** The body that a person has edited. @throws GridwireError `SETTING_INVALID` */
export function editedBody(body: Asked): Buffer | undefined {
  const { edited } = body;
  if (edited === undefined) return undefined;
  const { encoding, content } = (edited ?? {}) as { encoding?: unknown; content?: unknown };
  if (encoding === 'text' && typeof content === 'string') return Buffer.from(content);
  const hex = text({ content }, 'content', 4 * SHOWN_BYTES)?.replace(/\s/g, '') ?? '';
  if (encoding === 'hex' && typeof content === 'string' && /^(?:[0-9a-f]{2})*$/i.test(hex))
    return Buffer.from(hex, 'hex');
  throw new GridwireError(
    'SETTING_INVALID',
    'The body must be a text, or pairs of hexadecimal digits where it is edited as such.',
  );
}
