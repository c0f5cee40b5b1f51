import type { FlowMessage, RuntimeNode } from './node-red.js';
import type { Visit } from './tracked-message.js';

/** Where the latest open visit of an object stands. */
interface Place {
  latest: Visit | undefined;
}

/**
 * The open visits of each message object, latest first: nodes pass objects on without cloning. An object is known as long
 * as one of its visits is open. A table that the weak map has given up may be kept for a while: it then knows no object,
 * and no visit, but only empty places.
 */
export class VisitsByObject {
  private places = new WeakMap<FlowMessage, Place>();

  add(visit: Visit, msg: FlowMessage): void {
    const place = this.places.get(msg);
    visit.object = msg;
    if (place === undefined) this.places.set(msg, { latest: visit });
    else {
      visit.next = place.latest;
      place.latest = visit;
    }
  }

  /** The latest open visit of this very object at this node. */
  at(node: RuntimeNode, msg: FlowMessage): Visit | undefined {
    for (let visit = this.places.get(msg)?.latest; visit; visit = visit.next)
      if (visit.open && visit.node === node) return visit;
    return undefined;
  }

  /** To be called when it is closed. */
  remove({ object }: Visit): void {
    const place = object && this.places.get(object);
    if (place === undefined) return;
    while (place.latest?.open === false) place.latest = place.latest.next;
    if (place.latest === undefined) this.places.delete(object as FlowMessage);
  }

  clear(): void {
    this.places = new WeakMap();
  }
}
