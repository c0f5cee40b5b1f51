import type { NodeAPI, NodeDef } from 'node-red';
import { type Usage, flowsDocument } from '../../src/contracts/asyncapi/export.js';
import { builtInContract } from '../../src/contracts/library/built-in.js';
import { Contract } from '../../src/contracts/contract.js';
import type { JsonObject } from '../../src/event.js';

/** Which nodes send or receive events of a contract, and in which direction. */
const ACTIONS: Readonly<Record<string, Usage['action']>> = {
  'gridwire-publish': 'send',
  'gridwire-subscribe': 'receive',
  'gridwire-ingest': 'receive',
};

interface EventNode extends NodeDef {
  broker?: string;
  contract?: string;
  dialect?: string;
  eventType?: string;
}

/** What the deployed flows send and receive, as an AsyncAPI 3 document. Nodes that cannot work are left out. */
export function deployedDocument(RED: NodeAPI): JsonObject {
  const usages: Usage[] = [];
  const prefixes = new Map<string, string>();
  RED.nodes.eachNode((node) => {
    if (node.type !== 'gridwire-broker') return;
    const { topicPrefix } = node as NodeDef & { topicPrefix?: unknown };
    prefixes.set(node.id, typeof topicPrefix === 'string' ? topicPrefix : '');
  });
  RED.nodes.eachNode((node) => {
    const action = ACTIONS[node.type];
    if (action !== undefined) usages.push(...usagesOf(node, action, prefixes));
  });
  return flowsDocument(
    {
      title: 'Gridwire flows',
      version: '1',
      description: 'What the deployed flows of this Node-RED send and receive.',
    },
    usages,
  );
}

function usagesOf(node: EventNode, action: Usage['action'], prefixes: ReadonlyMap<string, string>): Usage[] {
  const { contract: name = '', dialect = 'documented', eventType = '', broker = '' } = node;
  if (name === '') return [];
  try {
    const prefix = prefixes.get(broker) ?? '';
    const contract = new Contract(builtInContract(name), { dialect, prefix });
    const types =
      eventType === '' ? contract.types.map((type) => type.name) : [contract.type(eventType).name];
    return types.map((type) => ({ contract, type, action }));
  } catch {
    // The node itself shows what is wrong with it.
    return [];
  }
}
