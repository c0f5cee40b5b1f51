import { isObject } from '../../../contracts/json/json-value.js';
import type { HeaderValue, Json } from '../../../event.js';

/** How a value is written: bytes, text with escapes for what MQTT does not allow, or the lack of a value. */
const ENCODINGS = ['base64', 'percent', 'none'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** One property that is not written as it is. */
export interface ValueMark {
  /** Its name as it is written. */
  name: string;
  /** Which of those of its name, from 0. */
  at: number;
  value?: Encoding;
  /** The name is written with escapes too. */
  percentName?: true;
}

/** What the property `gridwire-encoding` says, in JSON. */
export interface Marks {
  headers?: readonly ValueMark[];
  /** The written names as they follow each other, where mqtt.js cannot write them so. */
  order?: readonly string[];
  /** The message has no value at all. */
  tombstone?: true;
}

const MEMBERS = ['headers', 'order', 'tombstone'];
const MARK_MEMBERS = ['name', 'at', 'value', 'percentName'];

/** @returns undefined for what Gridwire has not written */
export function readMarks(text: HeaderValue | undefined): Marks | undefined {
  const value = parsed(text);
  if (!isObject(value) || !Object.keys(value).every((name) => MEMBERS.includes(name))) return undefined;
  const { headers = [], order = [], tombstone = true } = value;
  if (!Array.isArray(headers) || !headers.every(isMark)) return undefined;
  if (!Array.isArray(order) || !order.every((name) => typeof name === 'string')) return undefined;
  return tombstone === true ? value : undefined;
}

function parsed(text: HeaderValue | undefined): Json | undefined {
  try {
    return typeof text === 'string' ? (JSON.parse(text) as Json) : undefined;
  } catch {
    return undefined;
  }
}

function isMark(mark: Json): boolean {
  if (!isObject(mark) || !Object.keys(mark).every((name) => MARK_MEMBERS.includes(name))) return false;
  const { name, at, value = 'none', percentName = true } = mark;
  return (
    typeof name === 'string' &&
    Number.isSafeInteger(at) &&
    ENCODINGS.includes(value as Encoding) &&
    percentName === true
  );
}
