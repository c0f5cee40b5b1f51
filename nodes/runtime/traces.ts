import { createRequire } from 'node:module';
import type { NodeAPI } from 'node-red';
import { fromCloudEvent } from '../../src/contracts/cloudevents/cloudevents.js';
import type { Sender } from '../../src/delivery/outbound/senders.js';
import { toGridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import { hasSdk, type Step, type TraceApi, Traces } from '../../src/observe/traces/traces.js';
import { type TraceParent, traceParentIn } from '../../src/observe/traces/trace-parent.js';
import { partSettings } from './part-settings.js';
import { gridwireVersion } from './version.js';

let traces: Traces | undefined;
let isAsked = false;

/**
 * The traces of this process; undefined, at no cost, where nobody set up an SDK before Node-RED was started, or where the
 * settings do not want them.
 */
export function processTraces(RED: NodeAPI): Traces | undefined {
  if (isAsked) return traces;
  isAsked = true;
  const api = partSettings(RED, 'traces') === false ? undefined : installedApi();
  if (api !== undefined && hasSdk(api)) traces = new Traces(api, gridwireVersion());
  return traces;
}

/** Ends a step with what it is about. */
export async function follow<Result>(step: Step, doing: Promise<Result>): Promise<Result> {
  try {
    const result = await doing;
    step.end();
    return result;
  } catch (thrown) {
    step.end(toGridwireError(thrown));
    throw thrown;
  }
}

/** The same for what is told of an end. */
export function ending(step: Step, sender: Sender): Sender {
  return {
    resolve: (result) => {
      step.end();
      sender.resolve(result);
    },
    reject: (error) => {
      step.end(toGridwireError(error));
      sender.reject(error);
    },
  };
}

/** What a message of a flow follows from: `msg.traceparent`, as sources set it; or a CloudEvent, by its attributes. */
export function parentIn(given: { traceparent?: unknown; tracestate?: unknown }): TraceParent | undefined {
  const { traceparent, tracestate } = given;
  if (typeof traceparent !== 'string') return undefined;
  return traceParentIn({ traceparent, ...(typeof tracestate === 'string' ? { tracestate } : {}) });
}

/** The trace that a message names as it travels: in its headers, or inside, where it is a CloudEvent of one document. */
export function parentOnWire(message: WireMessage): TraceParent | undefined {
  const outside = traceParentIn(message.headers);
  if (outside !== undefined) return outside;
  try {
    const inside = fromCloudEvent({ ...message, receivedAt: 0, redelivered: false });
    return inside && parentIn(inside.attributes);
  } catch {
    // What is wrong with it, whoever reads it says.
    return undefined;
  }
}

/** The package is optional, and all of it share their state, whichever copy they have. */
function installedApi(): TraceApi | undefined {
  try {
    return createRequire(__filename)('@opentelemetry/api') as TraceApi;
  } catch {
    return undefined;
  }
}
