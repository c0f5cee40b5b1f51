import type { Node, NodeAPI, NodeDef } from 'node-red';
import { firstNodeCreated } from './first-node.js';
import { loadLater } from './load-later.js';
import type * as NodeBehaviour from './node-behaviour.js';

const behaviour = loadLater(() => require('./node-behaviour.js') as typeof NodeBehaviour);

/**
 * Registers a node type. Node-RED loads the file of every node when it starts, whether or not a flow has one, so that
 * file does nothing but this, and all else is loaded when the first node of the type is created.
 * @param load gives the node's `set-up.ts`
 * @param common gives what all nodes are made with
 */
export function defineNode<Config extends NodeDef>(
  RED: NodeAPI,
  type: string,
  load: () => NodeBehaviour.NodeProgram<Config>,
  credentials?: Record<string, { type: 'text' | 'password' }>,
  common: () => Pick<typeof NodeBehaviour, 'behave'> = behaviour,
): void {
  const program = loadLater(load);

  function GridwireNode(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    firstNodeCreated();
    let made: ReturnType<typeof common>;
    try {
      made = common();
    } catch (thrown) {
      refuse(this, thrown as Error);
      return;
    }
    made.behave(RED, this, config, program);
  }

  RED.nodes.registerType(type, GridwireNode, credentials === undefined ? {} : { credentials });
}

/**
 * A node that is not created takes no messages, and Node-RED counts what is sent to it as processed: a source would
 * settle what nobody has seen. So there is one that refuses them.
 */
function refuse(node: Node, error: Error): void {
  // A config node has no place to show it. What translates it is not there.
  if ((node.z as string | undefined) !== undefined)
    node.status({ fill: 'red', shape: 'dot', text: 'INTERNAL' });
  node.error(error.message);
  node.on('input', (_message, _send, done) => done(error));
}
