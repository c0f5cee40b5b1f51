import type { Node, NodeMessage } from 'node-red';
import type { Origin } from '../../src/delivery/outbound/journal.js';
import { originOf } from '../flow-completion/index.js';

/**
 * Names what a node makes of a message, so that an event of a source is kept there once, however often its source
 * brings it: by the event, the node, and how many messages of the event the node has had before.
 * @returns undefined for a message that has no source which would bring it again
 */
export function originAt(node: Node, message: NodeMessage): Origin | undefined {
  const origin = originOf(message);
  if (origin === undefined) return undefined;
  // Counted at once; the name is computed where the event is written down.
  const before = origin.next(node.id);
  return {
    get name() {
      return `${origin.key}#${before}`;
    },
    found: origin.mayExist ? 'same' : 'other',
  };
}
