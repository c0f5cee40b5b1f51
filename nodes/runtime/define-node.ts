import type { Node, NodeAPI, NodeDef } from 'node-red';
import { firstNodeCreated } from './first-node.js';
import type * as NodeBehaviour from './node-behaviour.js';

/**
 * Registers a node type. Node-RED loads the file of every node when it starts, whether or not a flow has one, so that
 * file does nothing but this, and all else is loaded when the first node of the type is created.
 * @param load gives the node's `set-up.ts`
 */
export function defineNode<Config extends NodeDef>(
  RED: NodeAPI,
  type: string,
  load: () => NodeBehaviour.NodeProgram<Config>,
  credentials?: Record<string, { type: 'text' | 'password' }>,
): void {
  function GridwireNode(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    firstNodeCreated();
    const { behave } = require('./node-behaviour.js') as typeof NodeBehaviour;
    behave(RED, this, config, load);
  }

  RED.nodes.registerType(type, GridwireNode, credentials === undefined ? {} : { credentials });
}
