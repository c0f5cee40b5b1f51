import { counted } from '../../src/counted.js';
import type { NodeAPI } from 'node-red';
import { ERROR_CODES, type ErrorCode, GridwireError } from '../../src/errors.js';
import type { DeadLetter, NewDeadLetter } from '../../src/store/dead-letter-store.js';
import { type Asked, LETTER_FILTER, letterQuery, unusable, wholeNumber } from './asked.js';
import { messageFromJson, messageToJson } from './message-file.js';
import { storeRoute } from './store-route.js';

/** Letters of one answer, and of one request. */
const PAGE = 100;
const PAGE_BYTES = 4 * 1_048_576;

/** Admin routes to take letters out as a file, and to take such a file in again, here or elsewhere. */
export function registerLetterFileRoutes(RED: NodeAPI): void {
  storeRoute(RED, 'get', 'letter-file', 'payloads', [...LETTER_FILTER, 'after'], async ({ store, query }) => {
    const { deadLetters } = await store();
    const page = await deadLetters.list(letterQuery(query), wholeNumber(query, 'after') ?? 0, PAGE);
    const fitting = withinBytes(page);
    return {
      letters: fitting.map(letterToJson),
      ...(fitting.length === 0 ? {} : { after: fitting.at(-1)?.id }),
    };
  });

  storeRoute(RED, 'post', 'letter-file', 'repair', ['letters'], async ({ store, body, actor }) => {
    const letters = lettersOf(body);
    const { deadLetters, audit } = await store();
    const ids = await deadLetters.add(letters);
    const details = { imported: ids.length, outcome: `imported ${counted(ids.length, 'letter')}` };
    await audit.add({ at: Date.now(), actor, action: 'import', details });
    return { imported: ids.length };
  });
}

/** The first one always, however large. */
function withinBytes(letters: readonly DeadLetter[]): DeadLetter[] {
  let sum = 0;
  return letters.filter(({ message }, index) => {
    sum += message.body.byteLength;
    return index === 0 || sum <= PAGE_BYTES;
  });
}

function letterToJson({
  message,
  contract,
  type,
  code,
  reason,
  fault,
  failedAt,
  record,
}: DeadLetter): object {
  return {
    ...messageToJson(message),
    ...{ code, reason, fault, failedAt: new Date(failedAt).toISOString() },
    ...(contract === undefined ? {} : { contract }),
    ...(type === undefined ? {} : { type }),
    ...(record === undefined ? {} : { record }),
  };
}

/** @throws GridwireError `SETTING_INVALID`; then none of them is taken */
function lettersOf({ letters }: Asked): NewDeadLetter[] {
  if (!Array.isArray(letters) || letters.length > PAGE)
    throw unusable('letters', `a list of at most ${PAGE}`);
  return letters.map((given: unknown) => {
    if (typeof given !== 'object' || given === null) throw unusable('letters', 'a list of objects');
    return letterFromJson(given as Record<string, unknown>);
  });
}

function letterFromJson(given: Record<string, unknown>): NewDeadLetter {
  const { code, reason, fault, contract, type, record } = given;
  const failedAt = typeof given['failedAt'] === 'string' ? Date.parse(given['failedAt']) : NaN;
  const isWhole =
    typeof reason === 'string' &&
    reason.length <= 10_000 &&
    (fault === 'permanent' || fault === 'transient') &&
    (ERROR_CODES as readonly unknown[]).includes(code) &&
    !Number.isNaN(failedAt);
  if (!isWhole) {
    throw new GridwireError(
      'SETTING_INVALID',
      'The file is none that was exported here: each letter needs code, reason, fault and failedAt.',
    );
  }
  return {
    message: messageFromJson(given),
    ...{ code: code as ErrorCode, reason, fault, failedAt },
    ...(typeof contract === 'string' ? { contract } : {}),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof record === 'object' && record !== null
      ? { record: record as NonNullable<NewDeadLetter['record']> }
      : {}),
  };
}
