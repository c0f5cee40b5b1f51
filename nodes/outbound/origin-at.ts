import type { Node, NodeMessage } from 'node-red';
import type { Origin } from '../../src/delivery/outbound/journal.js';
import { originOf } from '../flow-completion/index.js';

/** The name of what is made, by its topic. */
export type OriginFor = (topic: string) => Origin | undefined;

/**
 * Names what a node makes of a message, so that an event of a source is kept there once, however often its source
 * brings it: by the event, the node, the topic, the place in what was split, and how many such messages of the event the
 * node has had before. Messages of one event may come in another order each time it is brought.
 * @returns the name for the topic of what is made; nothing for a message that has no source which would bring it again
 */
export function originAt(node: Pick<Node, 'id'>, message: NodeMessage): OriginFor {
  const origin = originOf(message);
  if (origin === undefined) return () => undefined;
  const part = partOf(message);
  return (topic) => {
    const kind = JSON.stringify([topic, part]);
    // Counted at once; the name is computed where the event is written down.
    const before = origin.next(`${node.id} ${kind}`);
    return {
      get name() {
        return `${origin.key}#${before} ${kind}`;
      },
      found: origin.mayExist ? 'same' : 'other',
    };
  };
}

/** As split nodes count; null for a message that is no part. */
function partOf(message: NodeMessage): number | string | null {
  const { index } = (message as { parts?: { index?: unknown } | null }).parts ?? {};
  return typeof index === 'number' || typeof index === 'string' ? index : null;
}
