import type { JsonObject } from '../../event.js';
import { storableText } from './storable.js';

/** What the store can tell of a body without its contract; nothing of one that is not a JSON object in UTF-8. */
export interface BodyDescription {
  json?: { text: string; document: JsonObject };
  kind?: string;
  traceId?: string;
}

const OPENING_BRACE = 0x7b;
const decoder = new TextDecoder('utf-8', { fatal: true });

export function describeBody(body: Uint8Array): BodyDescription {
  if (body[0] !== OPENING_BRACE) return {};
  try {
    const text = decoder.decode(body);
    const document = JSON.parse(text) as JsonObject;
    const { kind, trace_id: traceId } = document;
    return {
      json: { text, document },
      ...(typeof kind === 'string' ? { kind: storableText(kind) } : {}),
      ...(typeof traceId === 'string' ? { traceId: storableText(traceId) } : {}),
    };
  } catch {
    return {};
  }
}
