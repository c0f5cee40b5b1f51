import { Contract } from '../../contracts/contract.js';
import { contracts } from '../../contracts/library/built-in.js';
import { atPointer } from '../../contracts/json/pointer.js';
import type { Json } from '../../event.js';
import type { MirrorRecord } from '../../store/mirror-store.js';

/** What tells an event from every other one, whatever brought it; undefined where nothing does. */
export type IdOf = (record: MirrorRecord) => string | undefined;

/**
 * By the member that the contract names (an idempotency key, an id), together with the topic.
 * @param contract without one, the members that the built-in contracts name count
 */
export function eventIds(contract: Contract | undefined): IdOf {
  const known = contract ? [contract] : Object.values(contracts).map((data) => new Contract(data));
  const pointers = new Set(
    known.flatMap(({ types }) => types.flatMap(({ envelope }) => envelope.idPointer ?? [])),
  );
  return ({ message }) => {
    if (pointers.size === 0 || message.body[0] !== OPENING_BRACE) return undefined;
    const document = parsed(message.body);
    for (const pointer of pointers) {
      const id = document === undefined ? undefined : atPointer(document, pointer);
      if (typeof id === 'string' && id !== '') return `${message.topic}\0${pointer}\0${id}`;
    }
    return undefined;
  };
}

const OPENING_BRACE = 0x7b;

function parsed(body: Uint8Array): Json | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString()) as Json;
  } catch {
    return undefined;
  }
}
