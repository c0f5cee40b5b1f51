import type { NodeAPI } from 'node-red';
import type { Contract } from '../../src/contracts/contract.js';
import type { WireMessage } from '../../src/event.js';
import type { Place } from '../../src/observe/facts/facts.js';
import { follow, parentOnWire, processTraces } from '../runtime/traces.js';

/**
 * Sends again what was kept, as a step of the trace that it named when it came. The message goes out as it is, so that its
 * consumer follows from that, too.
 */
export function sentAgain<Result>(
  RED: NodeAPI,
  place: Place,
  contract: Contract | undefined,
  message: WireMessage,
  send: () => Promise<Result>,
): Promise<Result> {
  const traces = processTraces(RED);
  if (traces === undefined) return send();
  const { topic } = message;
  const step = traces.replay({ place, about: contract?.aboutOf(topic), topic }, parentOnWire(message));
  return follow(step, send());
}
