import type { CompletionOutcome, TrackOptions } from '../../../../nodes/flow-completion/index.js';
import type { FlowNode } from '../../../support/node-red-runtime.js';

/** One flow below a source, and what must become of the messages sent into it. */
export interface Scenario {
  name: string;
  /** The row of the table in docs/settlement.md that this scenario holds. */
  row: string;
  /** Nodes with ids of their own; the source is wired to the first, unless `wires` says otherwise. */
  nodes: FlowNode[];
  /** Where the source is wired to. */
  wires?: string[];
  /** The messages, sent at once; default one with payload 1. */
  send?: Record<string, unknown>[];
  /** How they end, all alike, or one by one in the order of settlement. */
  expect: CompletionOutcome | CompletionOutcome[];
  /** How often probes must have been reached when the first message is settled; default: `reached`. */
  before?: number;
  /** How often probes must have been reached when the last message is settled; default 1. */
  reached?: number;
  /** Messages that come after their settlement: documented limits, for which explicit settlement is the remedy. */
  late?: true;
  options?: Partial<TrackOptions>;
  /** The texts of the errors that the settlement of a message reports. */
  errors?: string[];
  /** What the openAt of a timeout must name. */
  openAt?: string;
}

let next = 0;
const id = (type: string) => `${type.replace(/\W/g, '')}-${String((next += 1))}`;

/** A node of any type, wired to nothing yet. */
export function node(type: string, settings: Record<string, unknown> = {}): FlowNode {
  return { id: id(type), type, wires: [[]], ...settings };
}

export function fn(func: string, settings: Record<string, unknown> = {}): FlowNode {
  return node('function', { func, outputs: 1, ...settings });
}

export function probe(settings: Record<string, unknown> = {}): FlowNode {
  return node('test probe', { probe: 'p', ...settings });
}

export function legacy(behaviour: string, settings: Record<string, unknown> = {}): FlowNode {
  return node('test legacy', { probe: 'legacy', behaviour, ...settings });
}

export function catchAll(settings: Record<string, unknown> = {}): FlowNode {
  return node('catch', { scope: null, uncaught: false, ...settings });
}

/** Wires each node's first output to the next node. */
export function chain(...nodes: FlowNode[]): FlowNode[] {
  nodes.forEach((each, index) => {
    const following = nodes[index + 1];
    if (following) wire(each, 0, following);
  });
  return nodes;
}

/** Adds a wire from an output to nodes. */
export function wire(from: FlowNode, port: number, ...to: FlowNode[]): void {
  const wires = (from.wires ??= []);
  while (wires.length <= port) wires.push([]);
  wires[port]!.push(...to.map((each) => each.id));
}
