import type { NodeAPI } from 'node-red';
import type { Contract } from '../../src/contracts/contract.js';
import type { Place } from '../../src/observe/facts/facts.js';
import { traceParentIn } from '../../src/observe/traces/trace-parent.js';
import { originalIn } from '../runtime/came-with.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { follow, parentIn, processTraces } from '../runtime/traces.js';
import { letterKind } from './letter.js';

/** Makes a letter of a message as a step of the trace in which it failed. The letter names what the original named. */
export async function tracedLetter(
  RED: NodeAPI,
  place: Place,
  message: GridwireMessage,
  contract: Contract,
  make: () => Promise<void>,
): Promise<void> {
  const traces = processTraces(RED);
  if (traces === undefined) return make();
  const { about, code: reason } = letterKind(message, contract);
  const original = originalIn(message);
  const topic = original?.topic ?? message.topic;
  const subject = { place, about, reason, ...(topic === undefined ? {} : { topic }) };
  const parent = parentIn(message) ?? traceParentIn(original?.headers ?? {});
  return follow(traces.letter(subject, parent), make());
}
