import { inspect } from 'node:util';
import { GridwireError } from '../../src/errors.js';
import type { HeaderValue, Headers, Key, Qos } from '../../src/event.js';
import type { GridwireMessage } from '../runtime/messages.js';

/**
 * `msg.qos`, as a number or as text, as a change node or a query gives it.
 * @returns undefined where the message does not say
 * @throws GridwireError `SETTING_INVALID`
 */
export function qosOf(message: GridwireMessage): Qos | undefined {
  const given = message['qos'];
  if (given === undefined || given === null || given === '') return undefined;
  const qos = [0, 1, 2].find((each) => given === each || given === String(each));
  if (qos !== undefined) return qos as Qos;
  throw new GridwireError('SETTING_INVALID', `msg.qos is ${shown(given)}; it must be 0, 1 or 2.`);
}

/**
 * `msg.key`: text, bytes, or a number, which is written as text.
 * @throws GridwireError `IDENTIFIER_ILLEGAL`
 */
export function keyOf(message: GridwireMessage): { key?: Key } {
  const key = message['key'];
  if (key === undefined || key === null) return {};
  if (typeof key === 'string' || key instanceof Uint8Array) return { key };
  if (typeof key === 'number' && Number.isFinite(key)) return { key: String(key) };
  const reason = `msg.key is ${shown(key)}; it must be text, a number or bytes.`;
  throw new GridwireError('IDENTIFIER_ILLEGAL', reason);
}

/**
 * `msg.headers`: numbers and truth values are written as text, a list is a header that is given more than once.
 * @throws GridwireError `NOT_SUPPORTED` for a value that has no such form; nothing is left out
 */
export function headersOf(message: GridwireMessage): Headers {
  const given = message['headers'];
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new GridwireError(
      'NOT_SUPPORTED',
      `msg.headers is ${shown(given)}; it must be an object of names and values.`,
    );
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]: [string, unknown]) => {
      if (value === undefined) return [];
      return [
        [name, Array.isArray(value) ? value.map((each) => headerOf(name, each)) : headerOf(name, value)],
      ];
    }),
  );
}

function headerOf(name: string, value: unknown): HeaderValue {
  if (value === null || typeof value === 'string' || value instanceof Uint8Array) return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  const reason = `The header ${name} is ${shown(value)}; it must be text, a number, true or false, bytes, null, or a list of these.`;
  throw new GridwireError('NOT_SUPPORTED', reason, { details: { header: name } });
}

function shown(value: unknown): string {
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return inspect(value).slice(0, 80);
}
