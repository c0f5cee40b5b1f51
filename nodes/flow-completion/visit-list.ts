import type { Visit } from './tracked-message.js';

/** The open visits of one message, in the order in which they began; linked, so that it makes no object of its own. */
export class VisitList implements Iterable<Visit> {
  private first: Visit | undefined;
  private last: Visit | undefined;

  add(visit: Visit): void {
    visit.isListed = true;
    visit.before = this.last;
    if (this.last === undefined) this.first = visit;
    else this.last.after = visit;
    this.last = visit;
  }

  /** @returns whether it was there; to be called for visits of this message only */
  delete(visit: Visit): boolean {
    if (!visit.isListed) return false;
    const { before, after } = visit;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
    visit.isListed = false;
    visit.before = visit.after = undefined;
    return true;
  }

  clear(): void {
    for (let visit = this.first; visit !== undefined; visit = this.first) this.delete(visit);
  }

  /** One that is being looked at may be deleted meanwhile. */
  *[Symbol.iterator](): Iterator<Visit> {
    for (let visit = this.first; visit !== undefined;) {
      const next: Visit | undefined = visit.after;
      yield visit;
      visit = next;
    }
  }
}
