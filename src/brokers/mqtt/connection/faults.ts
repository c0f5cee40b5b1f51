import { GridwireError, errorText, type ErrorCode, type FaultClass } from '../../../errors.js';
import type { Why } from '../../../why.js';
import { type NetworkReason, networkReason } from '../../network-reason.js';

interface Fault {
  code: ErrorCode;
  text: string;
  fault?: FaultClass;
  why?: Why;
}

const WRONG_VERSION: Fault = {
  code: 'BROKER_PROTOCOL',
  text: 'does not speak this MQTT version; choose MQTT 3.1.1 in the broker settings',
};
const BAD_CREDENTIALS: Fault = {
  code: 'BROKER_UNAUTHORISED',
  text: 'refused the user name or password; correct the credentials of the broker settings',
  why: 'password',
};
const NOT_AUTHORISED: Fault = {
  code: 'BROKER_UNAUTHORISED',
  text: 'does not allow this client to connect; check user name, password and client id',
  // Mosquitto says no more than this to a wrong password.
  why: 'password',
};
const BAD_CLIENT_ID: Fault = {
  code: 'BROKER_UNAUTHORISED',
  text: 'refused the client id; choose another one (letters and digits, at most 23, are always allowed)',
  why: 'client-id',
};
const UNAVAILABLE: Fault = {
  code: 'BROKER_UNREACHABLE',
  text: 'says that it is not available at present',
  why: 'busy',
};

/** Codes of CONNACK and DISCONNECT, MQTT 3.1.1 (1 to 5) and MQTT 5 (128 and up). */
const CONNECTION: Record<number, Fault> = {
  1: WRONG_VERSION,
  2: BAD_CLIENT_ID,
  3: UNAVAILABLE,
  4: BAD_CREDENTIALS,
  5: NOT_AUTHORISED,
  0x84: WRONG_VERSION,
  0x85: BAD_CLIENT_ID,
  0x86: BAD_CREDENTIALS,
  0x87: NOT_AUTHORISED,
  0x88: UNAVAILABLE,
  0x89: { code: 'BROKER_UNREACHABLE', text: 'is busy', why: 'busy' },
  0x8a: { code: 'BROKER_UNAUTHORISED', text: 'has banned this client; ask its administrator' },
  0x8b: { code: 'BROKER_DISCONNECTED', text: 'is shutting down' },
  0x8c: { code: 'BROKER_UNAUTHORISED', text: 'asks for another authentication method' },
  0x8d: { code: 'BROKER_DISCONNECTED', text: 'heard nothing from this client within its keepalive time' },
  0x8e: {
    code: 'BROKER_DISCONNECTED',
    text: 'gave this session to another client; two clients use the same client id, change one of them',
    why: 'twin',
  },
  0x95: { code: 'BROKER_DISCONNECTED', text: 'received a packet larger than it allows' },
  0x97: { code: 'BROKER_QUOTA', text: 'refuses more from this client (quota exceeded)' },
  0x98: { code: 'BROKER_DISCONNECTED', text: 'was told by its administrator to end this connection' },
  0x9c: { code: 'BROKER_UNREACHABLE', text: 'asks to use another server' },
  0x9d: { code: 'BROKER_UNREACHABLE', text: 'has moved to another address' },
  0x9f: { code: 'BROKER_QUOTA', text: 'allows fewer connections a second' },
};

/** Codes of PUBACK and PUBREC. */
const PUBLISHING: Record<number, Fault> = {
  0x83: { code: 'BROKER_REFUSED', text: 'could not process the message', fault: 'transient' },
  0x87: {
    code: 'BROKER_REFUSED',
    text: 'does not allow this client to publish here; check its access rules',
    why: 'not-allowed',
  },
  0x90: { code: 'BROKER_REFUSED', text: 'does not accept the topic' },
  0x91: { code: 'BROKER_PROTOCOL', text: 'holds the packet id in use' },
  0x95: { code: 'BODY_TOO_LARGE', text: 'found the message too large' },
  0x97: { code: 'BROKER_QUOTA', text: 'refuses more for now (quota exceeded)' },
  0x99: { code: 'BROKER_REFUSED', text: 'found the body unfit for its declared format' },
};

/**
 * Why a connection could not be made or was ended, from whatever mqtt.js or the socket reported.
 * @param tls whether it is one by TLS
 */
export function connectionFault(cause: unknown, address: string, tls: boolean): GridwireError {
  if (cause instanceof GridwireError) return cause;
  const code = (cause as { code?: unknown } | undefined)?.code;
  const details = { address, ...(code === undefined ? {} : { code }) };
  if (typeof code === 'number') {
    const why = CONNECTION[code]?.why;
    return new GridwireError(...sentence(address, CONNECTION[code], code, 'BROKER_DISCONNECTED'), {
      cause,
      details,
      why,
    });
  }
  if (errorText(cause) === 'connack timeout') {
    const text = `The broker at ${address} took the connection and did not answer in time; check that the port speaks MQTT.`;
    return new GridwireError('BROKER_UNREACHABLE', text, { cause, details, why: 'no-answer' });
  }
  if (errorText(cause) === 'Keepalive timeout') {
    const text = `The broker at ${address} no longer answers (keepalive timeout).`;
    return new GridwireError('BROKER_DISCONNECTED', text, { cause, details });
  }
  const reason = networkReason(code, errorText(cause), tls) ?? webSocketReason(errorText(cause));
  const text = reason?.text ?? errorText(cause);
  return new GridwireError('BROKER_UNREACHABLE', `The broker at ${address} cannot be reached: ${text}.`, {
    cause,
    details,
    why: reason?.why,
  });
}

/** What a server answers that has no WebSocket under the address. */
function webSocketReason(message: string): NetworkReason | undefined {
  const [, status] = /^Unexpected server response: (\d{3})$/.exec(message) ?? [];
  if (status === undefined) return undefined;
  const text = `the server answers HTTP ${status}: check the path, and that it has MQTT over WebSocket there`;
  return { text, why: 'protocol' };
}

/** Why a message was not written. */
export function publishFault(cause: unknown, topic: string): GridwireError {
  if (cause instanceof GridwireError) return cause;
  const text = `The message for ${topic} could not be sent: ${errorText(cause)}.`;
  return new GridwireError(cause instanceof RangeError ? 'BODY_TOO_LARGE' : 'BROKER_DISCONNECTED', text, {
    cause,
    details: { topic },
  });
}

/** Why the broker did not take a message. @param code reason code of MQTT 5 */
export function publishRefusal(code: number, topic: string): GridwireError {
  const entry = PUBLISHING[code];
  const text = `The broker ${entry?.text ?? 'refused the message'} (topic ${topic}, reason code ${code}).`;
  return new GridwireError(entry?.code ?? 'BROKER_REFUSED', text, {
    details: { topic, code },
    why: entry?.why,
    ...(entry?.fault === undefined ? {} : { fault: entry.fault }),
  });
}

function sentence(
  address: string,
  entry: Fault | undefined,
  code: number,
  otherwise: ErrorCode,
): [ErrorCode, string] {
  return [
    entry?.code ?? otherwise,
    `The broker at ${address} ${entry?.text ?? 'ended the connection'} (code ${code}).`,
  ];
}
