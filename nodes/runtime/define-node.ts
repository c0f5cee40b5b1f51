import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import { own } from '../../src/own.js';
import { Repeats } from '../../src/repeats.js';
import { BROKER_TYPE } from './broker-node.js';
import { CONTRACT_TYPE } from './contract-node.js';
import { DEVICES_TYPE } from './devices-node.js';
import { Settings } from './settings.js';
import { StatusLine } from './status.js';
import { STORE_TYPE } from './store-node.js';
import { saysWhetherItWaits } from './waits.js';

/** They stand in no flow. */
const CONFIG_NODES: ReadonlySet<string> = new Set([BROKER_TYPE, CONTRACT_TYPE, DEVICES_TYPE, STORE_TYPE]);

export type Send = (message: NodeMessage | (NodeMessage | NodeMessage[] | null)[]) => void;

/** Instead of being done: the node was stopped with the message in its hands. */
export const UNDONE = Symbol('undone');

/** Instead of being done: the message failed, which catch nodes hear, and the log has it from elsewhere. */
export class ToldOtherwise {
  constructor(readonly error: GridwireError) {}
}

/** What a node's set-up gives back: how it handles a message, and what it gives up when it closes. */
export interface NodeBehaviour {
  /**
   * Resolves when the node is done with the message; a rejection reaches the flow's catch nodes. With `UNDONE` it gives
   * the message up without a word, because it has told that otherwise; with `ToldOtherwise` the log gets none.
   */
  onInput?: (message: NodeMessage, send: Send) => unknown;
  /** Whether it keeps messages now because something is away that they have to go to. */
  waits?: () => boolean;
  /** @param removed the node was deleted or disabled, not merely redeployed */
  onClose?: (removed: boolean) => Promise<void> | void;
}

/** What a node's set-up is given. */
export interface NodeTools<Config extends NodeDef> {
  RED: NodeAPI;
  node: Node;
  config: Config;
  settings: Settings;
  status: StatusLine;
  /** For whatever may have to be logged again and again. */
  repeats: Repeats;
}

/**
 * Registers a node type. Everything that every node must do right is done here: invalid settings give a red status, a
 * logged error and a node that refuses its messages instead of losing them; the input handler, which Node-RED does
 * not await, can neither throw nor reject; `done` is called exactly once; closing waits, and cannot fail.
 */
export function defineNode<Config extends NodeDef>(
  RED: NodeAPI,
  type: string,
  setUp: (tools: NodeTools<Config>) => NodeBehaviour,
  credentials?: Record<string, { type: 'text' | 'password' }>,
): void {
  function GridwireNode(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(RED, this, !CONFIG_NODES.has(type));
    const repeats = new Repeats((text) => this.warn(text));
    const behaviour = behaviourOf(this, config, status, repeats);
    const { onInput, onClose, waits } = behaviour;
    if (waits !== undefined) saysWhetherItWaits(this, waits);
    if (onInput !== undefined)
      this.on('input', (message, send, done) =>
        own(handle(this, onInput, message, send, done), (error) => this.error(error.message)),
      );
    this.on('close', (removed: boolean, done: () => void) => {
      Promise.resolve()
        .then(() => onClose?.(removed))
        .catch((error: unknown) => this.warn(`Closing: ${toGridwireError(error).message}`))
        .finally(() => {
          repeats.close();
          done();
        });
    });
  }

  function behaviourOf(node: Node, config: Config, status: StatusLine, repeats: Repeats): NodeBehaviour {
    try {
      return setUp({ RED, node, config, settings: new Settings(RED, node, config), status, repeats });
    } catch (thrown) {
      const error = toGridwireError(thrown);
      status.set('settings', 'settings-invalid', {}, error);
      node.error(error.message);
      return { onInput: () => Promise.reject(error) };
    }
  }

  RED.nodes.registerType(type, GridwireNode, credentials === undefined ? {} : { credentials });
}

/** Never rejects, and calls `done` once, whatever happens inside. */
async function handle(
  node: Node,
  onInput: NonNullable<NodeBehaviour['onInput']>,
  message: NodeMessage,
  send: Send,
  done: (error?: Error) => void,
): Promise<void> {
  let error: Error | undefined;
  let end: unknown;
  try {
    end = await onInput(message, send);
    if (end === UNDONE) return;
  } catch (thrown) {
    error = toGridwireError(thrown, 'FLOW_FAILED');
  }
  try {
    if (end instanceof ToldOtherwise) withoutLine(node, () => done(end.error));
    else done(error);
  } catch (thrown) {
    // A hook or a catch flow failed; that must not end the process.
    node.warn(toGridwireError(thrown).message);
  }
}

/** The part of Node-RED's runtime that gives errors to catch nodes; the same from 4.0 to 5.0, and not public. */
interface WithFlow {
  _flow?: { handleError?: (node: Node, error: unknown, message: unknown) => boolean };
}

/** Lets an error that is reported meanwhile reach catch nodes, and not the log. */
function withoutLine(node: Node, report: () => void): void {
  const { _flow: flow } = node as unknown as WithFlow;
  if (typeof flow?.handleError === 'function')
    node.error = (error: unknown, message?: unknown) => void flow.handleError?.(node, error, message);
  try {
    report();
  } finally {
    // What is left is the prototype's.
    Reflect.deleteProperty(node, 'error');
  }
}
