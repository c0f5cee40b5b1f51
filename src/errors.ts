import { BOUNDS } from './bounds.js';
import type { Why } from './why.js';

/**
 * Every error Gridwire raises: a stable code, a sentence that says what to do, and the cause.
 *
 * The fault class decides what happens to the event: a `transient` fault (broker away, timeout, quota) waits and
 * is tried again; a `permanent` one (refused, too large, invalid) can never succeed and becomes a dead letter.
 */
export type FaultClass = 'transient' | 'permanent';

/** The stable codes. A code is never renamed or re-used; users match on it in catch flows and alerts. */
const FAULT_OF = {
  // Settings
  SETTING_INVALID: 'permanent',
  RIGHT_MISSING: 'permanent',
  // Contracts and content
  CONTRACT_UNKNOWN: 'permanent',
  CONTRACT_INVALID: 'permanent',
  TYPE_UNKNOWN: 'permanent',
  TYPE_DISABLED: 'permanent',
  BODY_NOT_TEXT: 'permanent',
  BODY_NOT_JSON: 'permanent',
  BODY_EMPTY: 'permanent',
  BODY_TOO_LARGE: 'permanent',
  BODY_TOO_DEEP: 'permanent',
  BODY_DUPLICATE_KEY: 'permanent',
  BODY_UNSAFE_KEY: 'permanent',
  NUMBER_INEXACT: 'permanent',
  PAYLOAD_NOT_LIST: 'permanent',
  SCHEMA_VIOLATION: 'permanent',
  IMPLAUSIBLE: 'permanent',
  TIME_INVALID: 'permanent',
  IDENTIFIER_ILLEGAL: 'permanent',
  PARAMETER_MISSING: 'permanent',
  TOPIC_ILLEGAL: 'permanent',
  TOPIC_UNKNOWN: 'permanent',
  FILTER_ILLEGAL: 'permanent',
  EVENT_EXPIRED: 'permanent',
  // Devices
  DEVICE_UNKNOWN: 'permanent',
  DEVICE_PENDING: 'permanent',
  REGISTRY_INVALID: 'permanent',
  REGISTRY_FULL: 'permanent',
  // Bluetooth battery monitors
  BLUETOOTH_NOT_INSTALLED: 'permanent',
  BLUETOOTH_FORBIDDEN: 'permanent',
  BLUETOOTH_UNAVAILABLE: 'transient',
  MONITOR_UNREACHABLE: 'transient',
  MONITOR_LINK_LOST: 'transient',
  MONITOR_SILENT: 'transient',
  MONITOR_UNREADABLE: 'permanent',
  // Brokers
  BROKER_NOT_CONFIGURED: 'permanent',
  BROKER_DISCONNECTED: 'transient',
  BROKER_UNREACHABLE: 'transient',
  BROKER_TIMEOUT: 'transient',
  BROKER_QUOTA: 'transient',
  BROKER_UNAUTHORISED: 'transient',
  BROKER_REFUSED: 'permanent',
  BROKER_PROTOCOL: 'transient',
  BROKER_CLOSED: 'transient',
  BROKER_DROPPED: 'permanent',
  SUBSCRIBE_REFUSED: 'permanent',
  SESSION_LOST: 'transient',
  SESSION_UNCLAIMED: 'permanent',
  SETTLED_LATE: 'transient',
  NOT_SUPPORTED: 'permanent',
  // Delivery
  OUTBOX_FULL: 'transient',
  OUTBOX_DROPPED: 'transient',
  OUTBOX_EXPIRED: 'transient',
  OUTBOX_DISCARDED: 'permanent',
  RETRIES_EXHAUSTED: 'permanent',
  EVENT_REJECTED: 'permanent',
  RECEIPT_MISSING: 'permanent',
  RECEIPT_UNKNOWN: 'permanent',
  // Store
  STORE_UNAVAILABLE: 'transient',
  STORE_LOCKED: 'transient',
  STORE_FULL: 'transient',
  STORE_DAMAGED: 'permanent',
  STORE_CONFLICT: 'transient',
  STORE_REPLACED: 'transient',
  STORE_NEARLY_FULL: 'transient',
  STORE_REFUSED: 'permanent',
  REPLAY_REFUSED: 'permanent',
  // Grid
  NETWORK_INVALID: 'permanent',
  GRID_SETTING_INVALID: 'permanent',
  GRID_STUDY_CANCELLED: 'permanent',
  GRID_STUDY_IMPOSSIBLE: 'permanent',
  // Anything a flow or a library raised that carries no code of ours
  FLOW_FAILED: 'permanent',
  COMPUTATION_STOPPED: 'permanent',
  INTERNAL: 'permanent',
} as const satisfies Record<string, FaultClass>;

export type ErrorCode = keyof typeof FAULT_OF;

/** All codes, for documentation and for the tests that hold it complete. */
export const ERROR_CODES = Object.keys(FAULT_OF) as ErrorCode[];

/** What a code of ours means where nothing more is known. */
const WHY_OF: Partial<Record<ErrorCode, Why>> = {
  BROKER_DISCONNECTED: 'lost',
  BROKER_UNAUTHORISED: 'not-allowed',
  BROKER_TIMEOUT: 'no-answer',
  BROKER_QUOTA: 'quota',
  BROKER_PROTOCOL: 'protocol',
  TOPIC_UNKNOWN: 'no-topic',
  BODY_TOO_LARGE: 'too-large',
  EVENT_EXPIRED: 'too-late',
  SCHEMA_VIOLATION: 'contract',
  TIME_INVALID: 'contract',
  TYPE_UNKNOWN: 'contract',
  BODY_NOT_TEXT: 'unreadable',
  BODY_NOT_JSON: 'unreadable',
  BODY_EMPTY: 'unreadable',
  BODY_TOO_DEEP: 'unreadable',
  BODY_DUPLICATE_KEY: 'unreadable',
  BODY_UNSAFE_KEY: 'unreadable',
  NUMBER_INEXACT: 'unreadable',
  PAYLOAD_NOT_LIST: 'unreadable',
  PARAMETER_MISSING: 'no-parameter',
  IDENTIFIER_ILLEGAL: 'topic',
  TOPIC_ILLEGAL: 'topic',
  FILTER_ILLEGAL: 'topic',
  DEVICE_UNKNOWN: 'unknown-device',
  DEVICE_PENDING: 'unapproved',
  BLUETOOTH_UNAVAILABLE: 'no-adapter',
  BLUETOOTH_FORBIDDEN: 'no-permission',
  BLUETOOTH_NOT_INSTALLED: 'not-installed',
  OUTBOX_FULL: 'full',
  STORE_LOCKED: 'locked',
  STORE_FULL: 'disk-full',
  STORE_DAMAGED: 'damaged',
  STORE_UNAVAILABLE: 'away',
};

export interface GridwireErrorOptions {
  cause?: unknown;
  /** Machine-readable facts about the failure (path, found value, limit); must be JSON. */
  details?: Record<string, unknown>;
  /** Overrides the class the code usually has. */
  fault?: FaultClass;
  /** Why, in a word, where more is known than the code says. */
  why?: Why | undefined;
}

export class GridwireError extends Error {
  override readonly name = 'GridwireError';
  readonly code: ErrorCode;
  readonly fault: FaultClass;
  readonly details: Record<string, unknown>;
  /** For places with room for a word or two; undefined where there is no such word. */
  readonly why: Why | undefined;

  /**
   * @param code one of the stable codes
   * @param message one or two sentences: what is wrong and what to do about it
   */
  constructor(code: ErrorCode, message: string, options: GridwireErrorOptions = {}) {
    super(inOneLine(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fault = options.fault ?? FAULT_OF[code];
    this.details = options.details ?? {};
    this.why = options.why ?? WHY_OF[code];
  }
}

/** What ends a line, or changes how the rest of one is shown, from line ends to marks of the direction of writing. */
const UNSHOWN = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Names and values of whoever is complained about stand in sentences that go into logs and letters: none takes a second
 * line there, or more room than it needs.
 */
function inOneLine(message: string): string {
  const short =
    message.length <= BOUNDS.errorCharacters ? message : `${message.slice(0, BOUNDS.errorCharacters)}…`;
  return short.replace(UNSHOWN, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** True for an error that may go away by itself; anything that is not ours counts as permanent. */
export function isTransient(error: unknown): boolean {
  return error instanceof GridwireError && error.fault === 'transient';
}

/** Wraps whatever was thrown so that callers always hold a `GridwireError`. */
export function toGridwireError(thrown: unknown, code: ErrorCode = 'INTERNAL'): GridwireError {
  if (thrown instanceof GridwireError) return thrown;
  return new GridwireError(code, errorText(thrown), { cause: thrown });
}

/** The readable text of anything that can be thrown. */
export function errorText(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message || thrown.name;
  if (typeof thrown === 'string') return thrown;
  try {
    // Some libraries throw objects with a message and a stack, which names the server's paths.
    const { message } = (thrown ?? {}) as { message?: unknown };
    if (typeof message === 'string' && message !== '') return message;
    const text: unknown = JSON.stringify(thrown);
    return typeof text === 'string' ? text : String(thrown);
  } catch {
    // What cannot be asked what it is: a circle, or a getter that throws.
    return Object.prototype.toString.call(thrown);
  }
}
