import type { SpanContext, TraceState } from '@opentelemetry/api';
import type { Headers } from '../../event.js';
import { headerEntries } from '../../event.js';

/** The headers of W3C Trace Context; Kafka's binding of CloudEvents has them with a prefix. */
const PARENT = ['traceparent', 'ce_traceparent'];
const STATE = ['tracestate', 'ce_tracestate'];
const ALL = new Set([...PARENT, ...STATE]);
/** The specification asks for no more to be carried. */
const LONGEST_STATE = 512;
const MOST_ENTRIES = 32;
/** The longest key and value, with what stands between them and after: more is looked at by nobody. */
const LONGEST_ENTRIES = MOST_ENTRIES * (256 + 1 + 256 + 1);
const KEY = /^(?:[a-z\d][a-z\d_\-*/]{0,255}|[a-z\d][a-z\d_\-*/]{0,240}@[a-z][a-z\d_\-*/]{0,13})$/;
/** Printable ASCII without comma and equals sign, its last character no blank; blanks may stand between entries. */
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e][ \t]*$/;

/** Where an event comes from in a trace, as text. */
export interface TraceParent {
  traceparent: string;
  tracestate?: string;
}

/** The trace that headers name, if they do; a state that breaks the specification's rules is none. */
export function traceParentIn(headers: Headers): TraceParent | undefined {
  for (const [at, name] of PARENT.entries()) {
    const [traceparent, ...more] = valuesOf(headers, name);
    if (traceparent === undefined || more.length > 0 || spanContextOf({ traceparent }) === undefined)
      continue;
    const tracestate = valuesOf(headers, STATE[at] ?? '').join(',');
    return { traceparent, ...(isState(tracestate) ? { tracestate } : {}) };
  }
  return undefined;
}

/** Whether headers say anything of a trace. */
function isNamedIn(headers: Headers): boolean {
  for (const name in headers) if (ALL.has(name) && Object.hasOwn(headers, name)) return true;
  return false;
}

/**
 * Headers as they may go on, by the specification's rules: those of a step take the place of what came, a `traceparent`
 * that is none goes with its state, and so does a state that is none.
 * @param step the one that sends them, where there are traces
 */
export function withTrace(headers: Headers, step?: TraceParent): Headers {
  if (!isNamedIn(headers)) return step === undefined ? headers : { ...headers, ...step };
  const dropped = new Set<string>();
  for (const [at, parent] of PARENT.entries()) {
    const state = STATE[at] ?? '';
    if (!Object.hasOwn(headers, parent) && !Object.hasOwn(headers, state)) continue;
    const own = at === 0 ? step : undefined;
    const found = traceParentIn(named(headers, parent, state));
    if (own !== undefined || found === undefined) dropped.add(parent).add(state);
    else if (found.tracestate === undefined) dropped.add(state);
  }
  if (dropped.size === 0) return step === undefined ? headers : { ...headers, ...step };
  const kept = Object.entries(headers).filter(([name]) => !dropped.has(name));
  return { ...Object.fromEntries(kept), ...step };
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

/** The values of a header; what is no text has no form that the specification knows. */
function valuesOf(headers: Headers, name: string): string[] {
  return headerEntries(named(headers, name)).map(([, value]) => (typeof value === 'string' ? value : '\0'));
}

function named(headers: Headers, ...names: string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)));
}

/** Whether entries are in it and each has the specification's form; empty ones between commas may be. */
function isState(state: string): boolean {
  if (state.length > LONGEST_ENTRIES) return false;
  const entries = state
    .split(',')
    .map((entry) => entry.replace(/^[ \t]+/, ''))
    .filter((entry) => entry !== '');
  const keys = entries.map((entry) => entry.slice(0, Math.max(0, entry.indexOf('='))));
  return (
    entries.length > 0 &&
    entries.length <= MOST_ENTRIES &&
    new Set(keys).size === keys.length &&
    entries.every((entry, at) => {
      const key = keys[at] ?? '';
      return KEY.test(key) && VALUE.test(entry.slice(key.length + 1));
    })
  );
}
