import { type Why, whyOfSystem } from '../why.js';
import { tlsReason } from './tls-reason.js';

/** What a connection dies of before its protocol begins, and what to do about it, by Node's codes. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; check host and port, and that the broker runs',
  ENOTFOUND: 'the host name is unknown; check its spelling and the name server',
  EAI_AGAIN: 'the name server does not answer',
  ETIMEDOUT: 'no answer; check the address and the firewall',
  EHOSTUNREACH: 'there is no route to it; check the network',
  ENETUNREACH: 'there is no route to it; check the network',
  EPROTO: 'TLS could not be agreed; check that the port expects TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the port does not speak TLS; turn TLS off or choose the TLS port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the port does not speak TLS; turn TLS off or choose the TLS port',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed; give its CA certificate in the TLS settings',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an unknown CA; give it in the TLS settings',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is signed by an unknown CA; give it in the TLS settings, or let the server send the whole chain',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is signed by an unknown CA; give it in the TLS settings',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is signed by an unknown CA; give it in the TLS settings',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the CA of the TLS settings',
  CERT_HAS_EXPIRED: 'its certificate has expired, or one that it is signed by; it needs a new one',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; check the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name; connect by that name',
};

/** By what the other side ended TLS, as OpenSSL says it in a message or Node in a code; both have its words. */
const ALERTS: readonly (readonly [RegExp, NetworkReason])[] = [
  [
    /alert certificate required/i,
    {
      text: 'it asks for a certificate of this side; give certificate and key in the TLS settings',
      why: 'own-certificate',
    },
  ],
  [
    /alert (?:bad certificate|unknown ca|certificate (?:expired|revoked|unknown)|unsupported certificate|access denied|decrypt error)/i,
    {
      text: 'it does not take the certificate of this side; give one that it trusts in the TLS settings',
      why: 'own-certificate',
    },
  ],
  [
    /alert protocol version|unsupported protocol/i,
    { text: 'it has no version of TLS that this side takes (1.2 and 1.3); renew it', why: 'protocol' },
  ],
  [
    /alert handshake failure/i,
    {
      text: 'it ended TLS; it may ask for a certificate of this side in the TLS settings, or for other ciphers',
      why: 'own-certificate',
    },
  ],
];

/** What is known of a connection that hung up before it said anything. */
const HUNG_UP = {
  tls: {
    text: 'it hung up when TLS began; the port probably does not speak TLS: turn TLS off or choose the TLS port',
    why: 'no-tls',
  },
  plain: {
    text: 'it closed the connection; check that it is the right port, and whether it expects TLS',
    why: 'wants-tls',
  },
} as const;

/** Why there is no connection: the rest of a sentence, and a word. */
export interface NetworkReason {
  text: string;
  why: Why | undefined;
}

/**
 * What a socket's error means to whoever wanted a connection.
 * @param tls whether TLS was tried
 * @returns undefined for what is no error of the way there
 */
export function networkReason(code: unknown, message: string, tls: boolean): NetworkReason | undefined {
  if (code === 'ECONNRESET' || code === 'EPIPE') return HUNG_UP[tls ? 'tls' : 'plain'];
  const words = message.replaceAll('_', ' ');
  const alert = ALERTS.find(([said]) => said.test(words))?.[1];
  if (alert !== undefined) return alert;
  const text = typeof code === 'string' && Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  if (text !== undefined) return { text, why: whyOfSystem(code) };
  const unusable = tlsReason(message);
  return unusable === undefined ? undefined : { text: unusable, why: 'tls' };
}

/** Node's code that an error's text names, where a library keeps only the text. */
export function namedCode(message: string): string | undefined {
  return ['ECONNRESET', ...Object.keys(REASONS)].find((code) => new RegExp(`\\b${code}\\b`).test(message));
}
