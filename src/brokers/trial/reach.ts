import { lookup } from 'node:dns/promises';
import net from 'node:net';
import { errorText } from '../../errors.js';
import { step, type TrialStep } from '../../trial.js';
import { networkReason } from '../network-reason.js';

/** How long a server may take to answer, milliseconds. */
const PATIENCE = 5_000;

/**
 * Whether a name is known and its port is open.
 * @returns the steps; the last one is bad where it ended
 */
export async function tryReach(host: string, port: number): Promise<TrialStep[]> {
  let addresses: string[];
  try {
    addresses = (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (error) {
    return [step('name', 'bad', { host, reason: reasonOf(error, false) })];
  }
  const name = step('name', 'good', { host, addresses: addresses.slice(0, 4).join(', ') });
  try {
    (await connected(net.connect({ host, port }), 'connect')).destroy();
    return [name, step('port', 'good', { port })];
  } catch (error) {
    return [name, step('port', 'bad', { port, reason: reasonOf(error, false) })];
  }
}

/**
 * The socket when the event has come.
 * @throws the socket's error, or `ETIMEDOUT`
 */
export function connected<Socket extends net.Socket>(
  socket: Socket,
  event: 'connect' | 'secureConnect',
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    }, PATIENCE);
    socket.once('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    socket.once(event, () => {
      clearTimeout(late);
      // Whatever comes now is of no interest, and must not end the process.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** What an error of the way there means, and what to do. */
export function reasonOf(error: unknown, tls: boolean): string {
  // Where a name has several addresses, Node collects what each of them answered.
  const [first = error] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const text = errorText(first);
  return networkReason((first as { code?: unknown }).code, text, tls)?.text ?? text;
}
