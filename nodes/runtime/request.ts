import { inspect, types } from 'node:util';
import { isWritable, ownBytes } from '../../src/bytes.js';
import { GridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import { NOTHING } from './nothing.js';

/** Where an answer is expected and what it has to bring, under the names of the core MQTT nodes. */
export type Request = Pick<WireMessage, 'responseTopic' | 'correlationData'>;

/** What a broker's message says of it. */
export function requestOf({ responseTopic, correlationData }: Request): Request {
  if (responseTopic === undefined && correlationData === undefined) return NOTHING;
  return {
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData: ownBytes(correlationData) }),
  };
}

/**
 * What a flow's message asks for: `msg.responseTopic`, a text, and `msg.correlationData`, bytes or text.
 * @throws GridwireError `NOT_SUPPORTED`
 */
export function askedRequest(message: object): Request {
  const given = message as Record<string, unknown>;
  const responseTopic = given['responseTopic'] ?? undefined;
  const correlationData = given['correlationData'] ?? undefined;
  if (responseTopic === undefined && correlationData === undefined) return NOTHING;
  if (responseTopic !== undefined && !isText(responseTopic))
    throw refusal('responseTopic', responseTopic, 'text');
  return requestOf({
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData: bytesOf(correlationData) }),
  });
}

function bytesOf(given: unknown): Uint8Array {
  if (isText(given)) return Buffer.from(given);
  if (!types.isUint8Array(given)) throw refusal('correlationData', given, 'bytes or text');
  // What a function node makes has classes of its own, for which instanceof says no.
  return Buffer.from(given.buffer, given.byteOffset, given.byteLength);
}

/** Text that UTF-8 can write. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && isWritable(value);
}

function refusal(name: string, found: unknown, wanted: string): GridwireError {
  const shown = inspect(found, { depth: 0 }).slice(0, 80);
  return new GridwireError('NOT_SUPPORTED', `msg.${name} is ${shown}; it must be ${wanted}.`);
}
