import type { SpanContext, TraceState } from '@opentelemetry/api';
import type { Headers } from '../../event.js';
import { headerValue } from '../../event.js';

/** The headers of W3C Trace Context; Kafka's binding of CloudEvents has them with a prefix. */
const PARENT = ['traceparent', 'ce_traceparent'];
const STATE = ['tracestate', 'ce_tracestate'];
/** The specification asks for no more to be carried. */
const LONGEST_STATE = 512;

/** Where an event comes from in a trace, as text. */
export interface TraceParent {
  traceparent: string;
  tracestate?: string;
}

/** The trace that headers name, if they do. */
export function traceParentIn(headers: Headers): TraceParent | undefined {
  const traceparent = textOf(headers, PARENT);
  if (traceparent === undefined || spanContextOf({ traceparent }) === undefined) return undefined;
  const tracestate = textOf(headers, STATE);
  return { traceparent, ...(tracestate === undefined ? {} : { tracestate }) };
}

/**
 * Reads it by the specification's rules: version ff and ids of zeros only are none; of later versions what is known counts.
 * @param stateOf makes OpenTelemetry's own form of `tracestate`
 */
export function spanContextOf(
  { traceparent, tracestate }: TraceParent,
  stateOf?: (text: string) => TraceState,
): SpanContext | undefined {
  const found = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(traceparent);
  const [, version = 'ff', traceId = '', spanId = '', flags = '', rest] = found ?? [];
  if (found === null || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const traceState = tracestate === undefined ? undefined : stateOf?.(carried(tracestate));
  return {
    ...{ traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true },
    ...(traceState === undefined ? {} : { traceState }),
  };
}

/** What is carried of a state that is too long: its first entries, each of them whole, as the specification has it. */
function carried(state: string): string {
  if (state.length <= LONGEST_STATE) return state;
  const end = state.lastIndexOf(',', LONGEST_STATE);
  return end === -1 ? '' : state.slice(0, end);
}

/** The other way round. */
export function traceParentOf({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceParent {
  const flags = (traceFlags & 0xff).toString(16).padStart(2, '0');
  const tracestate = traceState?.serialize() ?? '';
  return { traceparent: `00-${traceId}-${spanId}-${flags}`, ...(tracestate === '' ? {} : { tracestate }) };
}

function textOf(headers: Headers, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = headerValue(headers, name);
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
