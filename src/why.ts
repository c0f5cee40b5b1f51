/** Why something does not work, as far as one or two words can say it; whoever shows it has the words. */
export type Why =
  // The way to a server
  | 'refused'
  | 'no-host'
  | 'no-name-server'
  | 'no-route'
  | 'no-answer'
  | 'hung-up'
  | 'lost'
  | 'busy'
  // TLS
  | 'no-tls'
  | 'wants-tls'
  | 'tls'
  | 'unknown-ca'
  | 'expired'
  | 'not-yet-valid'
  | 'other-host'
  | 'own-certificate'
  // Who one is, and what one may
  | 'password'
  | 'not-allowed'
  | 'client-id'
  | 'twin'
  // What is asked for
  | 'protocol'
  | 'quota'
  | 'no-topic'
  | 'no-database'
  | 'too-large'
  | 'too-late'
  | 'contract'
  | 'unreadable'
  | 'no-parameter'
  | 'topic'
  | 'unknown-device'
  | 'unapproved'
  // Bluetooth
  | 'no-adapter'
  | 'no-permission'
  | 'not-installed'
  // Places to keep things in
  | 'full'
  | 'locked'
  | 'no-file'
  | 'disk-full'
  | 'damaged'
  | 'away';

/** What Node's codes of sockets, name servers, TLS and files mean; a code that is not here says nothing in two words. */
const SYSTEM: Readonly<Record<string, Why>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'no-host',
  EAI_AGAIN: 'no-name-server',
  ETIMEDOUT: 'no-answer',
  EHOSTUNREACH: 'no-route',
  ENETUNREACH: 'no-route',
  ECONNRESET: 'hung-up',
  EPIPE: 'hung-up',
  EPROTO: 'no-tls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no-tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown-ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-ca',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-ca',
  CERT_SIGNATURE_FAILURE: 'unknown-ca',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-host',
  EACCES: 'not-allowed',
  EPERM: 'not-allowed',
  EROFS: 'not-allowed',
  ENOENT: 'no-file',
  ENOTDIR: 'no-file',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
};

/** Why, by the code of an error of Node.js. */
export function whyOfSystem(code: unknown): Why | undefined {
  return typeof code === 'string' && Object.hasOwn(SYSTEM, code) ? SYSTEM[code] : undefined;
}
