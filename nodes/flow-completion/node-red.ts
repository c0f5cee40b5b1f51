import type { NodeAPI, NodeMessage } from 'node-red';

/**
 * The parts of Node-RED's runtime that flow completion reads. The hooks are public API; the fields whose names start
 * with an underscore are not. They have been the same from 4.0 to 5.0, and every reader here answers "I do not know"
 * instead of throwing should one of them disappear.
 */
export interface RuntimeNode {
  id: string;
  type: string;
  name?: string;
  /** Node ids by output port. */
  wires?: string[][];
  /** The id in the flow file, where the node is an instance inside a subflow. */
  _alias?: string;
  _flow?: { getNode?(id: string): unknown };
  _inputCallback?: unknown;
  _inputCallbacks?: unknown;
  /** How many input handlers take three arguments, and so report completion. */
  _expectedDoneCount?: number;
}

/** A message as hooks see it: any object, with whatever properties the flow gave it. */
export type FlowMessage = NodeMessage & Record<PropertyKey, unknown>;

export interface SendEvent {
  msg: FlowMessage;
  source: { id: string; node: RuntimeNode; port: number };
  destination: { id: string; node: RuntimeNode | undefined };
}

export interface ReceiveEvent {
  msg: FlowMessage;
  destination: { id: string; node: RuntimeNode };
}

export interface CompleteEvent {
  msg: FlowMessage;
  error?: unknown;
  node: { id: string; node: RuntimeNode };
}

export interface LogEvent {
  level: number;
  id?: string;
  msg?: unknown;
}

/** False for a node that a deploy has stopped: Node-RED takes it out of its flow before it calls `close`. */
export function isLive(node: RuntimeNode): boolean {
  const found = lookUp(node, node.id);
  return found === UNKNOWN || found === node;
}

/** Whether a message sent by `source` to this id will be delivered: disabled and missing nodes get nothing. */
export function canReceive(source: RuntimeNode, destination: string): boolean {
  return Boolean(lookUp(source, destination));
}

const UNKNOWN = Symbol('unknown');

/** The node that a flow delivers to under this id; `UNKNOWN` if the flow cannot be asked. */
function lookUp(from: RuntimeNode, id: string): unknown {
  const flow = from._flow;
  if (typeof flow?.getNode !== 'function') return UNKNOWN;
  try {
    return flow.getNode(id);
  } catch {
    return UNKNOWN;
  }
}

export function hasWires(node: RuntimeNode): boolean {
  return !Array.isArray(node.wires) || node.wires.some((port) => port.length > 0);
}

/**
 * How the node takes messages: `completing` handlers are given `done`; `legacy` ones (one or two arguments) never
 * report completion; `none` is a node without handler, or one that is closed.
 */
export function handlerKind(node: RuntimeNode): 'completing' | 'legacy' | 'none' {
  if (node._inputCallback === null && node._inputCallbacks === null) return 'none';
  return node._expectedDoneCount === 0 ? 'legacy' : 'completing';
}

/** The node's settings as deployed, or undefined. Walks all nodes: look up once and keep the answer. */
export function configOf(RED: NodeAPI, node: RuntimeNode): Record<string, unknown> | undefined {
  const id = node._alias ?? node.id;
  let found: Record<string, unknown> | undefined;
  RED.nodes.eachNode((config) => {
    if (config.id === id) found = config as unknown as Record<string, unknown>;
  });
  return found;
}
