import type { NodeAPI } from 'node-red';
import type { Contract } from '../../src/contracts/contract.js';
import type { Outcome } from '../../src/delivery/inbound/work.js';
import type { InboundMessage } from '../../src/event.js';
import { traceParentIn } from '../../src/observe/traces/trace-parent.js';
import type { Place } from '../../src/observe/facts/facts.js';
import type { Step, Traces } from '../../src/observe/traces/traces.js';
import { parentIn, processTraces } from '../runtime/traces.js';
import type { Outputs } from './flow-run.js';
import { kindOf } from './kind-of.js';

/**
 * Runs a flow with messages as a step of the trace of the event that they were made of, and tells them: whatever a publish
 * node makes of one follows from this. Where there are no traces it only runs it.
 */
export function traced(
  RED: NodeAPI,
  place: Place,
  message: InboundMessage,
  messages: readonly Outputs[],
  contract: Contract | undefined,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const traces = processTraces(RED);
  if (traces === undefined) return run();
  const step = begin(traces, place, message, messages, contract);
  return follow(step, () => step.within(run));
}

/** A step of the trace of the event, which its messages know. */
function begin(
  traces: Traces,
  place: Place,
  message: InboundMessage,
  messages: readonly Outputs[],
  contract: Contract | undefined,
): Step {
  const first = messages[0]?.find((each) => each !== null);
  // A CloudEvent of one document has it inside.
  const inside = (first?.['cloudEvent'] ?? {}) as { traceparent?: unknown };
  const parent = traceParentIn(message.headers) ?? parentIn(inside);
  const traceId = first?.event?.envelope['trace_id'];
  const about = kindOf(messages, contract) ?? contract?.aboutOf(message.topic);
  const own = typeof traceId === 'string' ? traceId : undefined;
  const step = traces.process({ place, about, topic: message.topic, traceId: own }, parent);
  for (const outputs of messages)
    for (const each of outputs) if (each !== null) Object.assign(each, step.parent);
  return step;
}

async function follow(step: Step, run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    const outcome = await run();
    step.end(outcome.kind === 'failed' ? outcome.error : undefined);
    return outcome;
  } finally {
    step.end();
  }
}
