import { setTimeout as delay } from 'node:timers/promises';
import type { NodeRedAdmin } from './node-red-admin.js';

/** What became of the messages of `load-source`. */
export interface Books {
  sent: number;
  accepted: number;
  refused: number;
  arrived: number;
  /** Arrived more than once. */
  again: number;
  /** Accepted, and never arrived. */
  missing: number;
  /** Neither accepted nor refused. */
  silent: number;
  both: number;
  /** Some of those that something is wrong with, by number. */
  named: Record<string, number[]>;
}

/** The books that the load nodes (test/support/load-nodes) keep in a Node-RED. */
export class LoadBooks {
  constructor(private readonly admin: NodeRedAdmin) {}

  async read(): Promise<Books> {
    return (await (await this.admin.request('load/books')).json()) as Books;
  }

  /**
   * Waits until the condition holds for what became of the messages so far.
   * @throws Error with the books if it does not in `milliseconds`
   */
  async until(what: string, holds: (books: Books) => boolean, milliseconds = 60_000): Promise<Books> {
    const end = Date.now() + milliseconds;
    for (;;) {
      const books = await this.read();
      if (holds(books)) return books;
      if (Date.now() > end) throw new Error(`Timed out waiting until ${what}: ${JSON.stringify(books)}`);
      await delay(200);
    }
  }

  /** Until as many more have arrived, which shows that the way stands. */
  async arrivals(more: number, milliseconds?: number): Promise<void> {
    const { arrived } = await this.read();
    await this.until('messages arrive', (books) => books.arrived >= arrived + more, milliseconds);
  }

  /** Lets the source send, or makes it stop. */
  async source(action: 'start' | 'stop'): Promise<void> {
    await this.admin.request(`load/${action}`, { method: 'POST' });
  }
}
