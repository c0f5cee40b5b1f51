import type { Node } from 'node-red';

/** Where a node says whether it keeps messages now because something is away that they have to go to. */
const WAITS = Symbol.for('gridwire.waits');

type Waiting = { [WAITS]?: () => boolean };

/** What waits in the node for that reason is not a flow that does not finish: its settlement timeout begins anew. */
export function saysWhetherItWaits(node: Node, waits: () => boolean): void {
  (node as Waiting)[WAITS] = waits;
}

/** False for a node that does not say. */
export function waits(node: object): boolean {
  return (node as Waiting)[WAITS]?.() === true;
}
