import { GridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import { headerPairs } from '../../src/header-order.js';

/** Node-RED copies messages by assignment, which makes of a member of this name the prototype of the copy. */
const UNSAFE = '__proto__';

/**
 * A header of that name would be there or gone by how a flow is wired, and no publishing node sends it either.
 * @throws GridwireError `NOT_SUPPORTED`; its values stand in the details, as `withoutUnsafeHeader` leaves them out
 */
export function assertSafeHeaders(message: WireMessage): void {
  if (!Object.hasOwn(message.headers, UNSAFE)) return;
  const values = headerPairs(message)
    .filter(([name]) => name === UNSAFE)
    .map(([, value]) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value));
  throw new GridwireError(
    'NOT_SUPPORTED',
    `The message has a header named "${UNSAFE}", which Node-RED loses when it copies a message; so it is not handed on. Let its sender name it otherwise.`,
    { details: { header: UNSAFE, values } },
  );
}

/** The message that Node-RED can copy. The same one in nearly all cases. */
export function withoutUnsafeHeader<T extends WireMessage>(message: T): T {
  if (!Object.hasOwn(message.headers, UNSAFE)) return message;
  const entries = Object.entries(message.headers).filter(([name]) => name !== UNSAFE);
  const { headerOrder } = message;
  const rest = headerOrder?.filter((name) => name !== UNSAFE);
  return {
    ...message,
    headers: Object.fromEntries(entries),
    ...(rest === undefined ? {} : { headerOrder: rest }),
  };
}
