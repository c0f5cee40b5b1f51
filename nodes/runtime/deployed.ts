import type { Node, NodeAPI, NodeDef } from 'node-red';

/** The nodes of a type that are at work, by their ids. */
export function deployedOf<Type extends object>(
  RED: NodeAPI,
  type: string,
): [string, Type & { id: string; name?: string }][] {
  const found: [string, Type & { id: string; name?: string }][] = [];
  RED.nodes.eachNode((config) => {
    if (config.type !== type) return;
    const node = RED.nodes.getNode(config.id) as unknown as (Type & { id: string; name?: string }) | null;
    if (node !== null) found.push([config.id, node]);
  });
  return found;
}

/** What is read of a node and of the flow that it is in; inside a subflow each has an instance around it. */
interface Placed {
  id: string;
  /** The id in the flow file, where the node is an instance inside a subflow. */
  _alias?: string;
  _flow?: FlowAround;
}

interface FlowAround {
  subflowInstance?: Placed;
  parent?: FlowAround;
}

/**
 * Whether a node that is being stopped is still in the flow file: a deploy that takes it away for good and one that
 * disables it, its tab or its group look the same to the node. The file is the new one by then.
 */
export function isInFlowFile(RED: NodeAPI, node: Node): boolean {
  const ids = new Set<string>();
  RED.nodes.eachNode(({ id }) => ids.add(id));
  const { id, _alias, _flow } = node as unknown as Placed;
  if (!ids.has(_alias ?? id)) return false;
  for (let flow = _flow; flow?.subflowInstance !== undefined; flow = flow.parent) {
    const { subflowInstance } = flow;
    if (!ids.has(subflowInstance._alias ?? subflowInstance.id)) return false;
  }
  return true;
}

/** What the flow file says of a node; undefined for one that it has no more. */
export function configOf(RED: NodeAPI, node: Node): NodeDef | undefined {
  const { id, _alias = id } = node as unknown as Placed;
  let found: NodeDef | undefined;
  RED.nodes.eachNode((config) => {
    if (config.id === _alias) found = config;
  });
  return found;
}
