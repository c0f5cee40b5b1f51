/** What a closed outbox has told of, and not yet taken out of its journal. */
export interface LeftOver {
  /** Rows of events that have ended. */
  ids: readonly number[];
  /** Names of events that may have been written although their senders were told otherwise. */
  names: readonly string[];
}

const NOTHING: LeftOver = { ids: [], names: [] };

/** The latest turn of an outbox of this process at each queue of a store. */
const turnsOf = new WeakMap<object, Map<string, Turn>>();

/**
 * One outbox's turn at a queue. After a deploy the next outbox of the queue begins when the last one has no call under
 * way any more: a row that is written after it has looked would lie there unseen, and what was told as failed would be
 * sent.
 */
export class Turn {
  private end: (left: LeftOver | Promise<LeftOver>) => void = () => undefined;
  private readonly ended = new Promise<LeftOver>((resolve) => (this.end = resolve));
  private isCleaned = false;
  private isLeaving = false;

  private constructor(private readonly before: Promise<LeftOver>) {}

  /** Takes the next turn at a queue. */
  static next(store: object, queue: string): Turn {
    let turns = turnsOf.get(store);
    if (turns === undefined) turnsOf.set(store, (turns = new Map<string, Turn>()));
    const turn = new Turn(turns.get(queue)?.ended ?? Promise.resolve(NOTHING));
    turns.set(queue, turn);
    return turn;
  }

  /**
   * Resolves when those of a store's queues have been left that are meant and whose outbox is closed. One that works may
   * be the successor of whoever asks, and would never be waited out.
   */
  static async over(store: object, isMeant: (queue: string) => boolean): Promise<void> {
    const turns = [...(turnsOf.get(store) ?? [])].filter(([queue, turn]) => turn.isLeaving && isMeant(queue));
    await Promise.all(turns.map(([, { ended }]) => ended));
  }

  /** Waits for the turn, and has what the last one left taken away; to be called again if that fails. */
  async begin(takeAway: (left: LeftOver) => Promise<void>): Promise<void> {
    const left = await this.before;
    if (this.isCleaned) return;
    await takeAway(left);
    this.isCleaned = true;
  }

  /** Its outbox is closed, and has calls under way. */
  leaving(): void {
    this.isLeaving = true;
  }

  /** Ends it. Safe to call twice. @param left for the next one */
  leave(left: LeftOver): void {
    this.leaving();
    if (this.isCleaned) this.end(left);
    else
      this.end(
        this.before.then(({ ids, names }) => ({
          ids: [...ids, ...left.ids],
          names: [...names, ...left.names],
        })),
      );
  }
}
