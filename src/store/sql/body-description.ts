/** What the store can tell of a body without its contract. */
export interface BodyDescription {
  /** The text of the body if it is a JSON object. */
  text?: string;
  kind?: string;
  traceId?: string;
}

const OPENING_BRACE = 0x7b;

/** Looks into a body; one that is not a JSON object in UTF-8 has nothing to tell. */
export function describeBody(body: Uint8Array): BodyDescription {
  if (body[0] !== OPENING_BRACE) return {};
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const { kind, trace_id: traceId } = JSON.parse(text) as Record<string, unknown>;
    return {
      text,
      ...(typeof kind === 'string' ? { kind } : {}),
      ...(typeof traceId === 'string' ? { traceId } : {}),
    };
  } catch {
    return {};
  }
}
