import type { Node, NodeAPI } from 'node-red';
import type { RetryData } from '../../src/contracts/contract-data.js';
import type { Durable } from '../../src/delivery/outbound/outbox.js';
import { StoreJournal } from '../../src/delivery/outbound/store-journal.js';
import { GridwireError } from '../../src/errors.js';
import type { WireMessage } from '../../src/event.js';
import { type QueueOwner, queueOf } from '../runtime/queue-owner.js';
import { type GridwireMessage, originalOf, readable } from '../runtime/messages.js';
import type { UsableStoreNode } from '../runtime/store-node.js';
import { sentBeforeOf } from './sent-before-deploy.js';

/**
 * What keeps a node's outbox in a store.
 * @param isFirst the node's first broker, to which the queue belonged when it was named by the node only
 * @param lost says what it means that an event failed for good after its sender had left
 */
export function durableIn(
  RED: NodeAPI,
  { id, connection }: UsableStoreNode,
  owner: QueueOwner,
  isFirst: boolean,
  retry: RetryData | undefined,
  lost: (topic: string, error: GridwireError) => string,
): Durable {
  const { node, kind } = owner;
  const formerly = isFirst ? [`${kind} ${node.id}`] : [];
  const tell = (error: GridwireError, message: WireMessage): void => {
    const { code, fault, details } = error;
    const told = new GridwireError(code, lost(message.topic, error), { cause: error, fault, details });
    const original = originalOf({ ...message, receivedAt: Date.now(), redelivered: false });
    const failed: GridwireMessage = { _msgid: RED.util.generateId(), topic: message.topic };
    node.error(told, { ...failed, payload: readable(message.body), original });
  };
  return {
    journal: new StoreJournal(() => connection.access(), queueOf(owner), formerly),
    sentBefore: sentBeforeOf(RED, id, queueOf(owner)),
    ...(retry === undefined ? {} : { retry }),
    onLost: whenCaught(RED, node, tell),
  };
}

/** Until a deploy has ended its catch nodes hear nothing, so what is to be told waits for that. */
function whenCaught<Told extends unknown[]>(
  RED: NodeAPI,
  node: Node,
  tell: (...told: Told) => void,
): (...told: Told) => void {
  let waiting: Told[] | undefined = [];
  const started = (): void => {
    const all = waiting ?? [];
    waiting = undefined;
    for (const told of all) tell(...told);
  };
  RED.events.once('flows:started', started);
  // Not `once`: as a listener takes itself off, Node-RED skips the next one, by which the node closes.
  node.on('close', () => {
    RED.events.off('flows:started', started);
    started();
  });
  return (...told) => {
    if (waiting === undefined) tell(...told);
    else waiting.push(told);
  };
}
