import type { FlowMessage, RuntimeNode } from './node-red.js';
import type { Visit } from './tracked-message.js';

/**
 * The open visits of each message object, latest first: nodes pass objects on without cloning. An object is known as long
 * as one of its visits is open. No weak map, whose entries each garbage collection has to look through.
 */
export class VisitsByObject {
  private readonly latest = new Map<FlowMessage, Visit>();

  add(visit: Visit, msg: FlowMessage): void {
    const earlier = this.latest.get(msg);
    if (earlier !== undefined) visit.next = earlier;
    visit.object = msg;
    this.latest.set(msg, visit);
  }

  /** The latest open visit of this very object at this node. */
  at(node: RuntimeNode, msg: FlowMessage): Visit | undefined {
    for (let visit = this.latest.get(msg); visit; visit = visit.next)
      if (visit.open && visit.node === node) return visit;
    return undefined;
  }

  /** To be called when it is closed. */
  remove({ object }: Visit): void {
    if (object === undefined) return;
    let open = this.latest.get(object);
    while (open && !open.open) open = open.next;
    if (open === undefined) this.latest.delete(object);
    else this.latest.set(object, open);
  }

  clear(): void {
    this.latest.clear();
  }
}
