import { PassingMap } from '../../passing-map.js';
import type { Item } from './item.js';

interface Group {
  /** The one that deals with the id. */
  first: Item;
  followers: Item[];
}

/**
 * The messages in hand by their id, and those of which the store has to say whether they were dealt with before. One
 * question is asked at a time; what comes meanwhile goes into the next, so that the answers keep the order.
 */
export class Repetitions {
  private readonly groups = new PassingMap<string, Group>();
  private waiting: Item[] = [];
  private asked: Item[] = [];
  /** Repetitions that were recognised. */
  removed = 0;

  /** @returns false if another message with its id is in hand, whose end it now waits for */
  enter(item: Item, id: string): boolean {
    const group = this.groups.get(id);
    if (group !== undefined) {
      group.followers.push(item);
      return false;
    }
    this.groups.set(id, { first: item, followers: [] });
    this.waiting.push(item);
    return true;
  }

  get isWaiting(): boolean {
    return this.waiting.length > 0 && this.asked.length === 0;
  }

  /** What to ask now; nothing while an answer is awaited. */
  next(): readonly Item[] {
    if (this.asked.length > 0) return [];
    this.asked = this.waiting;
    this.waiting = [];
    return this.asked;
  }

  /** Those that the answer is about, in the order in which they were asked. */
  answered(): readonly Item[] {
    const { asked } = this;
    this.asked = [];
    return asked;
  }

  /** The last question has to be asked again, before any other. */
  unanswered(): void {
    this.waiting = [...this.asked, ...this.waiting];
    this.asked = [];
  }

  /**
   * A message is leaving.
   * @returns those that waited for it, if it was the one that dealt with its id
   */
  leave(item: Item): Item[] {
    const group = item.id === undefined ? undefined : this.groups.get(item.id);
    if (group === undefined || item.id === undefined) return [];
    if (group.first !== item) {
      group.followers = group.followers.filter((follower) => follower !== item);
      return [];
    }
    this.groups.delete(item.id);
    return group.followers;
  }

  /** A follower takes the place of the one that was given up. The store has just been asked about their id. */
  succeed(id: string, [first, ...followers]: readonly Item[]): Item | undefined {
    if (first !== undefined) this.groups.set(id, { first, followers });
    return first;
  }
}
