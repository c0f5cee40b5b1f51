import { errorText, GridwireError } from '../../src/errors.js';
import type { Attribution } from './attribution.js';
import { nodeLabel, type Visit } from './tracked-message.js';
import type { FlowMessage, LogEvent, RuntimeNode } from './node-red.js';
import type { NodeRules } from './node-rules.js';
import type { Tracker } from './tracker.js';

/** Node-RED's log level for errors. */
const LEVEL_ERROR = 20;

/** An error that a node logged and that no `done` has claimed yet. */
interface LoggedError {
  nodeId: string;
  thrown: unknown;
  context: Visit | undefined;
}

/**
 * Errors reach a message on three ways: `done(error)`; `node.error(error, msg)` without it, which only the log shows
 * (http request, file and link call do so); and catch nodes, which show that an error was taken.
 */
export class FlowErrors {
  /** The node that last gave an error to `done`; Node-RED logs it right afterwards, unless a catch node takes it. */
  private lastDone: string | undefined;
  private logged: LoggedError | undefined;

  constructor(
    private readonly tracker: Tracker,
    private readonly attribution: Attribution,
    private readonly rules: NodeRules,
  ) {}

  /** `done` was called, perhaps with an error; an error logged just before belongs to the same message. */
  completed(visit: Visit, thrown: unknown): void {
    const nodeId = visit.node.id;
    if (thrown !== undefined && thrown !== null && thrown !== false && thrown !== '') {
      this.lastDone = nodeId;
      queueMicrotask(() => (this.lastDone = undefined));
      this.record(visit, thrown);
      return;
    }
    const logged = this.logged;
    if (logged?.nodeId !== nodeId || logged.context !== this.attribution.current.getStore()) return;
    this.logged = undefined;
    this.record(visit, logged.thrown);
  }

  /** A line in Node-RED's log: an error is there only if no catch node took it. */
  onLog(event: LogEvent): void {
    if (event.level !== LEVEL_ERROR || event.id === undefined) return;
    const { lastDone } = this;
    this.lastDone = undefined;
    if (lastDone === event.id) return;
    this.attributeLogged();
    const context = this.attribution.current.getStore();
    const logged = { nodeId: event.id, thrown: decode(event.msg), context };
    this.logged = logged;
    // Nodes that queue run one message in the context of another; those call `done` in the same breath.
    queueMicrotask(() => {
      if (this.logged === logged) this.attributeLogged();
    });
  }

  /** No `done` claimed the logged error: it belongs to the message in whose context it was logged. */
  private attributeLogged(): void {
    const { logged } = this;
    this.logged = undefined;
    if (!logged?.context || logged.context.node.id !== logged.nodeId) return;
    const visit = this.rules.working(logged.context);
    this.record(visit, logged.thrown);
    this.rules.failed(visit);
  }

  /** A catch node received an error; `msg` has been attributed to the visit's message. */
  caught(visit: Visit, msg: FlowMessage): void {
    const { message } = visit;
    const error = msg['error'] as
      { message?: unknown; source?: { id?: unknown; type?: unknown } } | undefined;
    const id = error?.source?.id;
    if (!message || typeof id !== 'string') return;
    this.lastDone = undefined;
    message.markCaught(id, () => new GridwireError('FLOW_FAILED', textOf(error), { details: { node: id } }));
    for (const open of [...message.visits]) if (open.node.id === id) this.rules.failed(open);
  }

  private record(visit: Visit, thrown: unknown): void {
    visit.failed = true;
    if (visit.message) this.tracker.fail(visit.message, visit.node.id, flowError(visit.node, thrown));
  }
}

function flowError(node: RuntimeNode, thrown: unknown): GridwireError {
  if (thrown instanceof GridwireError) return thrown;
  return new GridwireError('FLOW_FAILED', textOf(thrown), {
    cause: thrown,
    details: { node: nodeLabel(node) },
  });
}

/** Errors of function nodes come from another realm, where `instanceof Error` is false. */
function textOf(thrown: unknown): string {
  const message = (thrown as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' && message !== '' ? message : errorText(thrown);
}

/** Node-RED encodes error objects as JSON in its log. */
function decode(logged: unknown): unknown {
  if (typeof logged !== 'string' || !logged.startsWith('{"__enc__":true')) return logged;
  try {
    return (JSON.parse(logged) as { data?: unknown }).data ?? logged;
  } catch {
    return logged;
  }
}
