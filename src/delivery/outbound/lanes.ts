import { Lane, type OutboxEntry } from './lane.js';

/** The lanes of all topics that have events, in the order of their turns. */
export class Lanes {
  private readonly byTopic = new Map<string, Lane>();
  /** Those with events that go before older ones. */
  private readonly withLive = new Set<Lane>();

  /** Each lane once, those with live events first. */
  *turns(): IterableIterator<Lane> {
    yield* this.withLive;
    let left = this.byTopic.size;
    // A lane that yields its turn meanwhile stands at the end, and has had it.
    for (const lane of this.byTopic.values()) {
      if (left === 0) return;
      left -= 1;
      yield lane;
    }
  }

  /** Whether events of this topic wait here. */
  hasWaiting(topic: string): boolean {
    return this.byTopic.get(topic)?.hasWaiting ?? false;
  }

  /** @param first before the older events of its topic */
  append(entry: OutboxEntry, first = false): void {
    const { topic } = entry.message;
    let lane = this.byTopic.get(topic);
    if (lane === undefined) this.byTopic.set(topic, (lane = new Lane(topic)));
    lane.append(entry, first);
    if (first) this.withLive.add(lane);
  }

  /** To be called after a lane had its turn: it goes if it is empty, else behind the others. */
  hadTurn(lane: Lane): void {
    if (!lane.hasLive) this.withLive.delete(lane);
    this.byTopic.delete(lane.topic);
    if (!lane.isEmpty) this.byTopic.set(lane.topic, lane);
  }

  giveUpFirst(): void {
    for (const lane of this.withLive) lane.giveUpFirst();
    this.withLive.clear();
  }

  takeOldestWaiting(): OutboxEntry | undefined {
    let oldest: Lane | undefined;
    for (const lane of this.byTopic.values()) {
      if (lane.firstSequence < (oldest?.firstSequence ?? Infinity)) oldest = lane;
    }
    return oldest?.takeFirstWaiting();
  }

  takeAllWaiting(): OutboxEntry[] {
    return [...this.byTopic.values()].flatMap((lane) => lane.takeAllWaiting());
  }

  removeWaiting(test: (entry: OutboxEntry) => boolean): void {
    for (const lane of this.byTopic.values()) lane.removeWaiting(test);
  }
}
