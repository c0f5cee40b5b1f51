/** An inbox at work: that others have put something into its queue, or taken something out, has to be told to it. */
export interface LiveInbox {
  lookAgain(): void;
}

/** The inboxes of deployed nodes by their queue in one store. */
export class LiveInboxes {
  private readonly byQueue = new Map<string, LiveInbox>();

  add(queue: string, inbox: LiveInbox): void {
    this.byQueue.set(queue, inbox);
  }

  /** A node that closes late does not take away its successor's. */
  remove(queue: string, inbox: LiveInbox): void {
    if (this.byQueue.get(queue) === inbox) this.byQueue.delete(queue);
  }

  /** @param queues as their nodes name them; all of them without it */
  lookAgain(queues: Iterable<string> = this.byQueue.keys()): void {
    for (const queue of queues) this.byQueue.get(queue)?.lookAgain();
  }
}
