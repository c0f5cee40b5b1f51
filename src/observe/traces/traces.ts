import type * as Api from '@opentelemetry/api';
import type { Attributes, Context, Span, SpanKind, Tracer } from '@opentelemetry/api';
import { errorText, type GridwireError } from '../../errors.js';
import type { About, Place } from '../facts/facts.js';
import { spanContextOf, type TraceParent, traceParentOf } from './trace-parent.js';

/** OpenTelemetry's own package, which whoever wants traces has installed, with an SDK that was set up before. */
export type TraceApi = typeof Api;

/** What a span is about. */
export interface Subject {
  place: Place;
  about?: About | undefined;
  /** Where the event goes, or where it came from. */
  topic?: string;
  /** The trace of the system's own, such as TaylorDash's. */
  traceId?: string | undefined;
  /** The code of what became a dead letter. */
  reason?: string;
  /** When it began, milliseconds since the epoch; now where it is absent. */
  since?: number | undefined;
}

/** One step of an event that is under way. */
export interface Step {
  /** Names this step to those that follow from it. */
  readonly parent: TraceParent;
  /** Runs something within it, so that what is instrumented elsewhere belongs to it. */
  within<Result>(run: () => Result): Result;
  /** What was found out since. */
  know(subject: Subject): void;
  /** Idempotent. @param error why it failed */
  end(error?: Pick<GridwireError, 'code' | 'message'>): void;
}

type Operation = 'process' | 'send' | 'settle' | 'letter' | 'replay';

/** What the conventions call each: a letter and what is sent again are sent. */
const TYPE_OF = {
  process: 'process',
  send: 'send',
  settle: 'settle',
  letter: 'send',
  replay: 'send',
} as const satisfies Record<Operation, string>;

/** Spans by OpenTelemetry's conventions for messaging. */
export class Traces {
  private readonly tracer: Tracer;
  private hasFailed = false;

  constructor(
    private readonly api: TraceApi,
    version: string,
  ) {
    this.tracer = api.trace.getTracer('gridwire', version);
  }

  /** The flow begins with an event that a broker handed over. @param parent of the one who published it */
  process(subject: Subject, parent: TraceParent | undefined): Step {
    return this.step('process', this.api.SpanKind.CONSUMER, subject, parent);
  }

  /** An event is published. @param parent of the step that it follows from */
  send(subject: Subject, parent: TraceParent | undefined): Step {
    return this.step('send', this.api.SpanKind.PRODUCER, subject, parent);
  }

  /** The broker is told that it need not keep an event. @param parent the step that has finished with it */
  settle(subject: Subject, parent: TraceParent | undefined): Step {
    return this.step('settle', this.api.SpanKind.CLIENT, subject, parent);
  }

  /** An event becomes a dead letter. @param parent of the step in which it failed */
  letter(subject: Subject, parent: TraceParent | undefined): Step {
    return this.step('letter', this.api.SpanKind.PRODUCER, subject, parent);
  }

  /** What was kept is sent again. @param parent what it named when it came first */
  replay(subject: Subject, parent: TraceParent | undefined): Step {
    return this.step('replay', this.api.SpanKind.PRODUCER, subject, parent);
  }

  private step(
    operation: Operation,
    kind: SpanKind,
    subject: Subject,
    parent: TraceParent | undefined,
  ): Step {
    const { api } = this;
    const before = this.contextOf(parent);
    const attributes = {
      'messaging.operation.name': operation,
      'messaging.operation.type': TYPE_OF[operation],
    };
    const options = {
      kind,
      attributes: { ...attributes, ...attributesOf(subject) },
      ...(subject.since === undefined ? {} : { startTime: subject.since }),
    };
    const span = this.tracer.startSpan(nameOf(operation, subject), options, before);
    const context = api.trace.setSpan(before, span);
    let isOver = false;
    return {
      parent: traceParentOf(span.spanContext()),
      within: (run) => api.context.with(context, run),
      know: (more) =>
        this.tell(() => {
          span.updateName(nameOf(operation, more));
          span.setAttributes(attributesOf(more));
        }),
      end: (error) => {
        if (isOver) return;
        isOver = true;
        this.tell(() => {
          if (error !== undefined) this.failed(span, error);
          span.end();
        });
      },
    };
  }

  /** Who listens to spans is somebody else: an event goes on where he throws, and that is told of once. */
  private tell(what: () => void): void {
    try {
      what();
    } catch (thrown) {
      if (!this.hasFailed)
        process.emitWarning(`Gridwire: the SDK for traces failed at a span: ${errorText(thrown)}`);
      this.hasFailed = true;
    }
  }

  private failed(span: Span, { code, message }: Pick<GridwireError, 'code' | 'message'>): void {
    span.setAttribute('error.type', code);
    span.setStatus({ code: this.api.SpanStatusCode.ERROR, message });
  }

  /** Without a parent of its own, it belongs to what runs. */
  private contextOf(parent: TraceParent | undefined): Context {
    const { api } = this;
    const known = parent && spanContextOf(parent, (text) => api.createTraceState(text));
    return known === undefined ? api.context.active() : api.trace.setSpanContext(api.ROOT_CONTEXT, known);
  }
}

/** The form of the topic where it is known: names of spans are few. */
function nameOf(operation: Operation, { about, place }: Subject): string {
  const destination = about?.template ?? '';
  return `${operation} ${destination === '' ? place.node : destination}`;
}

function attributesOf({ place, about, topic, traceId, reason }: Subject): Attributes {
  return {
    'gridwire.node': place.node,
    ...(place.system === undefined ? {} : { 'messaging.system': place.system }),
    ...(topic === undefined ? {} : { 'messaging.destination.name': topic }),
    ...(about === undefined || about.template === ''
      ? {}
      : { 'messaging.destination.template': about.template }),
    ...(about === undefined ? {} : { 'gridwire.contract': about.contract, 'gridwire.type': about.type }),
    ...(reason === undefined ? {} : { 'gridwire.reason': reason }),
    ...(traceId === undefined ? {} : { 'gridwire.trace_id': traceId }),
  };
}

/** Whether an SDK listens: without one every span would be made for nobody. */
export function hasSdk(api: TraceApi): boolean {
  const { trace, ProxyTracerProvider } = api;
  const provider = trace.getTracerProvider();
  if (!(provider instanceof ProxyTracerProvider)) return true;
  return provider.getDelegate() !== new ProxyTracerProvider().getDelegate();
}
