import { type Clock, systemClock } from '../clock.js';
import type { GridwireError } from '../errors.js';
import { facts, type Place } from '../observe/facts/facts.js';
import { reportStanding } from '../observe/facts/standings.js';
import type { Broker, BrokerState } from './broker.js';

function silent({ silentFor }: Broker): { silent?: number } {
  return silentFor === undefined ? {} : { silent: silentFor / 1_000 };
}

/**
 * Tells what a broker's connection does, and what the broker loses or says that it has lost, to whoever listens.
 * @param isUsed whether anybody wants the connection now
 * @returns ends it
 */
export function tellBrokerFacts(
  broker: Broker,
  place: Place,
  isUsed: () => boolean,
  clock: Pick<Clock, 'now'> = systemClock,
): () => void {
  let began: number | undefined;
  let hasFailed = false;
  /** For how long it has been connecting, where nothing has failed yet, seconds. */
  const connecting = (): { connecting?: number } => {
    if (hasFailed || broker.state === 'connected') return {};
    began ??= clock.now();
    return { connecting: (clock.now() - began) / 1_000 };
  };
  const onState = (state: BrokerState, error?: GridwireError): void => {
    if (error !== undefined) hasFailed = true;
    else if (state === 'connecting') began ??= clock.now();
    // It stands, or has been given up by who wanted it: the next attempt is another one.
    else [began, hasFailed] = [undefined, false];
    if (state === 'connected') facts.connected.tell({ place });
    else if (error !== undefined) facts.lost.tell({ place, code: error.code });
  };
  const onProblem = ({ code, details }: GridwireError): void => {
    // What a problem says that it cost; most cost nothing.
    const lost = details['lost'];
    if (code === 'EVENT_EXPIRED') facts.expired.tell({ place, way: 'in', code });
    else if (lost === 'unknown') facts.dropped.tell({ place, way: 'in', code, count: 0 });
    else if (typeof lost === 'number' && lost > 0)
      facts.dropped.tell({ place, way: 'in', code, count: lost });
  };
  broker.on('state', onState);
  broker.on('problem', onProblem);
  const unreport = reportStanding(() =>
    isUsed()
      ? {
          ...{ of: 'broker', place, connected: broker.state === 'connected' },
          certificates: broker.certificates ?? [],
          ...connecting(),
          ...silent(broker),
        }
      : undefined,
  );
  return () => {
    broker.off('state', onState);
    broker.off('problem', onProblem);
    unreport();
  };
}
