import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { type GridwireError, toGridwireError } from '../../src/errors.js';
import { own } from '../../src/own.js';
import { Repeats } from '../../src/repeats.js';
import { CONFIG_TYPES } from './config-types.js';
import { Settings } from './settings.js';
import { StatusLine, type StatusWord } from './status.js';
import { saysWhetherItWaits } from './waits.js';

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

/** The file of a node in which its work begins. */
export interface NodeProgram<Config extends NodeDef> {
  setUp: (tools: NodeTools<Config>) => NodeBehaviour;
}

/**
 * Makes a node of what Node-RED has created. Everything that every node must do right is done here: invalid settings give
 * a red status, a logged error and a node that refuses its messages instead of losing them; the input handler, which
 * Node-RED does not await, can neither throw nor reject; `done` is called exactly once; closing waits, and cannot fail.
 */
export function behave<Config extends NodeDef>(
  RED: NodeAPI,
  node: Node,
  config: Config,
  load: () => NodeProgram<Config>,
): void {
  const status = new StatusLine(RED, node, !CONFIG_TYPES.has(node.type));
  const repeats = new Repeats((text) => node.warn(text));
  const { onInput, onClose, waits } = behaviourOf(load, { RED, node, config, status, repeats });
  if (waits !== undefined) saysWhetherItWaits(node, waits);
  if (onInput !== undefined)
    node.on('input', (message, send, done) =>
      own(handle(node, onInput, message, send, done), (error) => node.error(error.message)),
    );
  node.on('close', (removed: boolean, done: () => void) => {
    Promise.resolve()
      .then(() => onClose?.(removed))
      .catch((error: unknown) => node.warn(`Closing: ${toGridwireError(error).message}`))
      .finally(() => {
        repeats.close();
        done();
      });
  });
}

function behaviourOf<Config extends NodeDef>(
  load: () => NodeProgram<Config>,
  tools: Omit<NodeTools<Config>, 'settings'>,
): NodeBehaviour {
  const { RED, node, config, status } = tools;
  const refusing = (word: StatusWord, error: GridwireError): NodeBehaviour => {
    status.set('settings', word, {}, error);
    node.error(error.message);
    return { onInput: () => Promise.reject(error) };
  };
  let program: NodeProgram<Config>;
  try {
    program = load();
  } catch (thrown) {
    return refusing('error', toGridwireError(thrown));
  }
  try {
    return program.setUp({ ...tools, settings: new Settings(RED, node, config) });
  } catch (thrown) {
    return refusing('settings-invalid', toGridwireError(thrown));
  }
}

/**
 * Calls `done` once, whatever happens inside: at once for a node that is done at once, for which no promise is made.
 * @returns a promise of the end of one that takes longer; it does not reject
 */
function handle(
  node: Node,
  onInput: NonNullable<NodeBehaviour['onInput']>,
  message: NodeMessage,
  send: Send,
  done: (error?: Error) => void,
): Promise<void> | undefined {
  const ended = (end?: unknown): void => finish(node, end, undefined, done);
  const failed = (thrown: unknown): void =>
    finish(node, undefined, toGridwireError(thrown, 'FLOW_FAILED'), done);
  let end: unknown;
  try {
    end = onInput(message, send);
  } catch (thrown) {
    failed(thrown);
    return undefined;
  }
  if (end instanceof Promise) return end.then(ended, failed);
  ended(end);
  return undefined;
}

/** Tells how a message has ended; never throws. */
function finish(
  node: Node,
  end: unknown,
  error: GridwireError | undefined,
  done: (error?: Error) => void,
): void {
  if (end === UNDONE) return;
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
