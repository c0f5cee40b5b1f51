import type { NodeAPI } from 'node-red';
import type { Delivery } from '../../src/brokers/broker.js';
import { systemClock } from '../../src/clock.js';
import type { Contract } from '../../src/contracts/contract.js';
import type { Outcome } from '../../src/delivery/inbound/work.js';
import type { InboundMessage } from '../../src/event.js';
import type { TraceParent } from '../../src/observe/traces/trace-parent.js';
import type { Place } from '../../src/observe/facts/facts.js';
import type { Step, Traces } from '../../src/observe/traces/traces.js';
import { parentOnWire, processTraces } from '../runtime/traces.js';
import type { Outputs } from './flow-run.js';
import { kindOf } from './kind-of.js';

/** The last step with a message, and when it ended: its settlement and its letter follow from that. */
const ended = new WeakMap<InboundMessage, { parent: TraceParent; at: number }>();

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
  return follow(message, step, () => step.within(run));
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
  const parent = parentOnWire(message);
  const traceId = first?.event?.envelope['trace_id'];
  const about = kindOf(messages, contract) ?? contract?.aboutOf(message.topic);
  const own = typeof traceId === 'string' ? traceId : undefined;
  const step = traces.process({ place, about, topic: message.topic, traceId: own }, parent);
  for (const outputs of messages)
    for (const each of outputs) if (each !== null) Object.assign(each, step.parent);
  return step;
}

async function follow(message: InboundMessage, step: Step, run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    const outcome = await run();
    step.end(outcome.kind === 'failed' ? outcome.error : undefined);
    return outcome;
  } finally {
    step.end();
    ended.set(message, { parent: step.parent, at: systemClock.wall() });
  }
}

/** The same delivery, whose settlement is a step of its trace: from the end of the flow until the broker is told. */
export function tracedDelivery(
  RED: NodeAPI,
  place: Place,
  delivery: Delivery,
  contract: Contract | undefined,
): Delivery {
  const traces = processTraces(RED);
  if (traces === undefined) return delivery;
  const { message } = delivery;
  let isSettled = false;
  return {
    message,
    get identity() {
      return delivery.identity;
    },
    ...(delivery.rename && { rename: (identity: string) => delivery.rename?.(identity) }),
    holdsUp: () => delivery.holdsUp(),
    settle: (outcome) => {
      delivery.settle(outcome);
      if (isSettled) return;
      isSettled = true;
      const { topic } = message;
      const subject = { place, about: contract?.aboutOf(topic), topic, since: ended.get(message)?.at };
      traces.settle(subject, parentOf(message)).end();
    },
  };
}

/** A message becomes a dead letter in the store that keeps what failed. */
export function traceLetter(
  RED: NodeAPI,
  place: Place,
  message: InboundMessage,
  contract: Contract | undefined,
  reason: string,
): void {
  const { topic } = message;
  const subject = { place, about: contract?.aboutOf(topic), topic, reason };
  processTraces(RED)?.letter(subject, parentOf(message)).end();
}

/** What a message that is made of another one says of its trace; nothing where there are no traces. */
export function followsFrom(RED: NodeAPI, message: InboundMessage): Partial<TraceParent> {
  return processTraces(RED) === undefined ? {} : { ...parentOf(message) };
}

/** What follows from a message belongs to the last step with it; where there was none, to who sent it. */
function parentOf(message: InboundMessage): TraceParent | undefined {
  return ended.get(message)?.parent ?? parentOnWire(message);
}
