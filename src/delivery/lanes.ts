import { Lane, type OutboxEntry } from './lane.js';

/** The lanes of all topics that have events, in the order of their turns. */
export class Lanes {
  private readonly byTopic = new Map<string, Lane>();

  [Symbol.iterator](): IterableIterator<Lane> {
    return this.byTopic.values();
  }

  append(entry: OutboxEntry): void {
    const { topic } = entry.message;
    let lane = this.byTopic.get(topic);
    if (lane === undefined) this.byTopic.set(topic, (lane = new Lane(topic)));
    lane.append(entry);
  }

  remove(lane: Lane): void {
    this.byTopic.delete(lane.topic);
  }

  /** To the end of the turn, so that a busy topic does not starve the others. */
  yieldTurn(lane: Lane): void {
    this.byTopic.delete(lane.topic);
    this.byTopic.set(lane.topic, lane);
  }

  takeOldestWaiting(): OutboxEntry | undefined {
    let oldest: Lane | undefined;
    for (const lane of this) {
      if (lane.firstSequence < (oldest?.firstSequence ?? Infinity)) oldest = lane;
    }
    return oldest?.takeFirstWaiting();
  }

  takeAllWaiting(): OutboxEntry[] {
    return [...this].flatMap((lane) => lane.takeAllWaiting());
  }

  removeWaiting(test: (entry: OutboxEntry) => boolean): void {
    for (const lane of this) lane.removeWaiting(test);
  }
}
