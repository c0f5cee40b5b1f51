import type { NodeAPI } from 'node-red';
import { afterTurns, startGrace } from './grace.js';
import { configOf, type FlowMessage, type RuntimeNode } from './node-red.js';
import type { Visit } from './tracked-message.js';
import type { Tracker } from './tracker.js';

/** More untracked messages than this are not remembered at one switch. */
const MAX_WAITING = 10_000;

interface Waiting {
  visit: Visit;
  msg: FlowMessage;
}

interface Group {
  count: number | undefined;
  visits: Visit[];
}

interface SwitchState {
  /** Holds the parts of a sequence back until all have come. */
  holdsSequences: boolean;
  waiting: Waiting[];
  groups: Map<unknown, Group>;
}

/**
 * The core switch node never calls `done`. It works through its messages strictly in order and calls `send` once for
 * each, with an empty list where no rule matched; so every send it makes ends the first message waiting at it.
 *
 * A switch that recreates sequences keeps the parts of a group until the last has come, then sends them all.
 */
export class SwitchOrder {
  private readonly states = new WeakMap<RuntimeNode, SwitchState>();

  constructor(
    private readonly RED: NodeAPI,
    private readonly tracker: Tracker,
    private readonly grace: number,
  ) {}

  push(visit: Visit, msg: FlowMessage): void {
    const state = this.stateOf(visit.node);
    const parts = state.holdsSequences ? partsOf(msg) : undefined;
    if (parts) this.pushPart(state, parts, visit);
    else {
      this.prune(state);
      state.waiting.push({ visit, msg });
      if (state.waiting.length > 1) this.watchHead(state);
      if (state.waiting.length > MAX_WAITING) this.forgetUntracked(state);
    }
  }

  /** The switch sent this object, or nothing (undefined). */
  sent(node: RuntimeNode, msg: FlowMessage | undefined): void {
    const state = this.stateOf(node);
    const found = state.waiting.findIndex((entry) => entry.msg === msg);
    // Only an empty send can be the first one's, and not where sequences are held back.
    const first = msg === undefined && !state.holdsSequences ? 1 : 0;
    const ended = found >= 0 ? found + 1 : first;
    for (const { visit } of state.waiting.splice(0, ended)) this.tracker.close(visit);
    if (ended > 0) this.watchHead(state);
  }

  /** Its handler returned; if the message is still there it waits for its turn or for a slow expression. */
  handled(node: RuntimeNode): void {
    this.watchHead(this.stateOf(node));
  }

  failed(visit: Visit): void {
    const state = this.stateOf(visit.node);
    state.waiting = state.waiting.filter((entry) => entry.visit !== visit);
    this.tracker.close(visit);
    this.watchHead(state);
  }

  head(node: RuntimeNode): Visit | undefined {
    const state = this.stateOf(node);
    this.prune(state);
    return state.waiting[0]?.visit;
  }

  private stateOf(node: RuntimeNode): SwitchState {
    let state = this.states.get(node);
    if (!state) {
      state = { holdsSequences: this.holdsSequences(node), waiting: [], groups: new Map() };
      this.states.set(node, state);
    }
    return state;
  }

  private holdsSequences(node: RuntimeNode): boolean {
    const config = configOf(this.RED, node);
    const rules = Array.isArray(config?.['rules']) ? (config['rules'] as { t?: unknown }[]) : [];
    return Boolean(config?.['repair']) || rules.some((rule) => rule.t === 'tail');
  }

  /** The first in line ends after the grace time if no send shows its end (an expression that failed sends nothing). */
  private watchHead(state: SwitchState): void {
    this.prune(state);
    const visit = state.waiting[0]?.visit;
    if (visit) startGrace(visit, this.grace, () => this.failed(visit));
  }

  /** Forgets what has ended otherwise. */
  private prune(state: SwitchState): void {
    while (state.waiting[0]?.visit.open === false) state.waiting.shift();
  }

  /** Untracked messages are kept only for the order. */
  private forgetUntracked(state: SwitchState): void {
    const index = state.waiting.findIndex((entry) => entry.visit.message === undefined);
    if (index >= 0) state.waiting.splice(index, 1);
  }

  private pushPart(state: SwitchState, parts: Parts, visit: Visit): void {
    if (!visit.message) return;
    const group = state.groups.get(parts.id) ?? { count: undefined, visits: [] };
    state.groups.set(parts.id, group);
    group.visits.push(visit);
    if (typeof parts.count === 'number') group.count = parts.count;
    if (group.count === undefined || group.visits.length < group.count) return;
    state.groups.delete(parts.id);
    // It sends the parts one a turn, and a recreated sequence at the end.
    afterTurns(group.visits.length + 2, () => {
      for (const each of group.visits) this.tracker.close(each);
    });
  }
}

interface Parts {
  id: unknown;
  count?: unknown;
}

function partsOf(msg: FlowMessage): Parts | undefined {
  const parts = msg['parts'];
  if (typeof parts !== 'object' || parts === null || !('id' in parts) || !('index' in parts))
    return undefined;
  return parts;
}
