import { inspect, types } from 'node:util';
import { jsonText } from '../../src/contracts/json/json-text.js';
import { toJsonWith } from '../../src/contracts/json/json-value.js';
import { type Json } from '../../src/event.js';
import { bodyOf } from '../runtime/messages.js';

/** What could be written of a message's body. */
export interface WrittenBody {
  body: Buffer;
  /** What could not, a sentence for each place; in the body it stands as text. */
  asText: readonly string[];
}

/** How many places are named one by one. */
const MOST_NAMED = 10;
/** How many characters all the texts together may have that stand for what cannot be written. */
const MOST_TEXT = 1_000_000;
const SHOWN = {
  ...{ depth: 4, maxArrayLength: 1_000, maxStringLength: 10_000, breakLength: Infinity },
  // A flow's own objects run no code of theirs here.
  ...{ customInspect: false, getters: false },
};

/**
 * The bytes of whatever a flow put into a message, in any case: where event publish refuses it, because JSON or UTF-8 cannot
 * write some of it (NaN, a Map, an object that contains itself, half of a character), the rest of it, and the places.
 */
export function writtenBody(payload: unknown): WrittenBody {
  // What event publish writes is what failed.
  try {
    return { body: bodyOf(payload), asText: [] };
  } catch {
    return typeof payload === 'string' ? writtenText(payload) : writtenJson(payload);
  }
}

function writtenText(payload: string): WrittenBody {
  const place = payload.search(/\p{Surrogate}/u);
  const asText = [`msg.payload has half of a character at ${place}, which UTF-8 cannot write.`];
  return { body: Buffer.from(payload.toWellFormed()), asText };
}

function writtenJson(payload: unknown): WrittenBody {
  const named: string[] = [];
  let [places, room] = [0, MOST_TEXT];
  const instead = ({ message }: Error, value: unknown): Json => {
    places += 1;
    if (named.length < MOST_NAMED) named.push(message);
    const text = room > 0 ? textOf(value).slice(0, room) : null;
    room -= text?.length ?? 0;
    return text;
  };
  const body = Buffer.from(jsonText(toJsonWith(payload, instead)));
  const rest = places - named.length;
  return { body, asText: rest > 0 ? [...named, `And ${rest} more.`] : named };
}

/** Bytes in full, everything else as somebody who debugs sees it. */
function textOf(value: unknown): string {
  if (ArrayBuffer.isView(value))
    return `base64:${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}`;
  if (types.isAnyArrayBuffer(value)) return `base64:${Buffer.from(value).toString('base64')}`;
  try {
    return inspect(value, SHOWN);
  } catch {
    return 'unreadable';
  }
}
