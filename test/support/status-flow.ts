import type { FlowNode } from './node-red-admin.js';

/** Nodes that print every status of the nodes on a tab and every error that reaches a catch node. */
export function printingNodes(z: string): FlowNode[] {
  const print = (id: string, func: string): FlowNode => ({
    id,
    z,
    type: 'function',
    func,
    outputs: 0,
    wires: [],
  });
  return [
    { id: 'statuses', z, type: 'status', scope: null, wires: [['print-status']] },
    print('print-status', 'node.warn(`STATUS ${msg.status.source.id}: ${msg.status.text}`);'),
    { id: 'errors', z, type: 'catch', scope: null, wires: [['print-error']] },
    print('print-error', 'node.warn(`CAUGHT ${msg.error.source.id}: ${msg.error.message}`);'),
  ];
}
