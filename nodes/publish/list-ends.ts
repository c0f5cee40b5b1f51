import type { PublishResult } from '../../src/brokers/broker.js';
import type { Sender } from '../../src/delivery/outbound/senders.js';
import type { Encoded } from './encoder.js';
import { listError } from './elements.js';

/** An event that its broker has acknowledged. */
export interface Published {
  topic: string;
  result: PublishResult;
}

/** Who hears of each end as it comes. */
interface Listener {
  sent(): void;
  failed(topic: string, error: unknown): void;
}

/** How the events of a list end, each by itself; and how the list does, when all have. */
export class ListEnds {
  /** What became of each, in the order of the list; nothing if a store keeps one for somebody else. It rejects with what is told of a list. */
  readonly all: Promise<{ results: Published[] } | undefined>;
  private readonly results: (Published | undefined)[];
  private readonly failed: { index: number; reason: unknown }[] = [];
  private open: number;
  private resolve: (ends: { results: Published[] } | undefined) => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;

  constructor(
    private readonly events: readonly Encoded[],
    private readonly listener: Listener,
  ) {
    this.all = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.open = events.length;
    this.results = events.map(() => undefined);
    if (this.open === 0) this.resolve({ results: [] });
  }

  /** Who is told of the end of one. */
  of(index: number): Sender {
    return {
      resolve: (result) => this.sent(index, result),
      reject: (error) => this.fail(index, error),
    };
  }

  private sent(index: number, result: PublishResult | undefined): void {
    if (result !== undefined) {
      this.results[index] = { topic: this.topicOf(index), result };
      this.listener.sent();
    }
    this.ended();
  }

  private fail(index: number, error: unknown): void {
    this.failed.push({ index, reason: error });
    this.listener.failed(this.topicOf(index), error);
    this.ended();
  }

  private topicOf(index: number): string {
    return this.events[index]?.wire.topic ?? '';
  }

  private ended(): void {
    this.open -= 1;
    if (this.open > 0) return;
    const { results, failed } = this;
    if (failed.length > 0) {
      const inOrder = failed.toSorted((one, other) => one.index - other.index);
      this.reject(listError(inOrder, results.length));
      return;
    }
    const sent = results.filter((each) => each !== undefined);
    this.resolve(sent.length < results.length ? undefined : { results: sent });
  }
}
