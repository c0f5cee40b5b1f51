import net from 'node:net';
import tls from 'node:tls';
import { step, type TrialStep } from '../../trial.js';
import { networkReason } from '../network-reason.js';
import { connected, reasonOf } from './reach.js';

const DAY = 24 * 3_600_000;
/** Days before its end at which somebody should think of a new certificate. */
const SOON = 30;

/** Whether TLS can be agreed with a server, and what is to be said of its certificate. */
export async function tryTls(
  host: string,
  port: number,
  given: tls.ConnectionOptions,
  now = Date.now(),
): Promise<TrialStep[]> {
  const servername = given.servername ?? (net.isIP(host) === 0 ? host : '');
  let socket: tls.TLSSocket;
  try {
    socket = await connected(
      // All that is wrong is to be told, not only the first; nothing is sent over this connection.
      tls.connect({
        ...{ ...given, ...(servername === '' ? {} : { servername }), host, port },
        ...{ rejectUnauthorized: false, checkServerIdentity: () => undefined },
      }),
      'secureConnect',
    );
  } catch (error) {
    return [step('tls', 'bad', { reason: reasonOf(error, true) })];
  }
  const certificate = socket.getPeerCertificate();
  const fault = socket.authorizationError as Error | string | null | undefined;
  const version = socket.getProtocol() ?? '?';
  socket.destroy();
  return [
    step('tls', 'good', { version }),
    chain(fault, given),
    hostName(host, servername, certificate),
    expiry(certificate, now),
  ];
}

function chain(fault: Error | string | null | undefined, given: tls.ConnectionOptions): TrialStep {
  const code =
    typeof fault === 'string' ? fault : ((fault as { code?: string } | null | undefined)?.code ?? '');
  // Its age is a matter of its own.
  if (code === '' || code === 'CERT_HAS_EXPIRED') return step('chain', 'good');
  const reason = networkReason(code, code, true)?.text ?? code;
  return step('chain', given.rejectUnauthorized === false ? 'risk' : 'bad', { reason });
}

function hostName(host: string, servername: string, certificate: tls.PeerCertificate): TrialStep {
  const names = String(certificate.subjectaltname ?? certificate.subject.CN).slice(0, 200);
  const wrong = tls.checkServerIdentity(servername === '' ? host : servername, certificate);
  return step('host', wrong === undefined ? 'good' : 'bad', { host, names });
}

function expiry({ valid_to: until }: tls.PeerCertificate, now: number): TrialStep {
  const days = Math.floor((Date.parse(until) - now) / DAY);
  const date = new Date(until).toISOString().slice(0, 10);
  return step('expiry', days < 0 ? 'bad' : days < SOON ? 'risk' : 'good', { date, days });
}
