import type { Node, NodeAPI } from 'node-red';
import { toGridwireError } from '../../src/errors.js';
import { UNDONE } from '../runtime/define-node.js';
import { allStop } from '../runtime/stopping.js';

/** So many topics are named; of the others only the number is told. */
const NAMED = 5;

/**
 * Says once, beside whatever catch nodes there are, what an outbox in memory gives up as its node closes.
 * @param topics with the number of events of each
 */
export function tellGivenUp(node: Node, topics: ReadonlyMap<string, number>): void {
  const count = [...topics.values()].reduce((sum, each) => sum + each, 0);
  if (count === 0) return;
  const most = [...topics].sort(([, one], [, other]) => other - one);
  const named = most.slice(0, NAMED).map(([topic, each]) => `${each} for ${topic}`);
  const others = most.length > NAMED ? [`and others for ${most.length - NAMED} more topics`] : [];
  // Without a message, because the catch nodes of a flow that stops hear nothing, and would keep it from the log.
  node.warn(
    `${count} events were given up that waited in memory for the broker: ${[...named, ...others].join(', ')}. ` +
      'Give the node a store, and they are kept over a stop.',
  );
}

/**
 * What a message's end means for the node that sent it. What an outbox gives up because everything stops is told once
 * for all of it by `tellGivenUp`, not by an error each, which no catch node would hear.
 */
export async function unlessAllStop(
  RED: NodeAPI,
  sending: Promise<void>,
): Promise<typeof UNDONE | undefined> {
  try {
    await sending;
    return undefined;
  } catch (thrown) {
    if (toGridwireError(thrown).code === 'BROKER_CLOSED' && allStop(RED)) return UNDONE;
    throw thrown;
  }
}
