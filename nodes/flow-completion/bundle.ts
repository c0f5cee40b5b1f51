/** Messages that settle together, with one count of everything that is still open among them. Nearly always it is one. */
export class Bundle<Message extends { bundle: Bundle<Message> }> {
  private only: Message | undefined;
  private many: Set<Message> | undefined;
  open = 0;
  /** How many messages of an event came to a node: see `originOf`. */
  visits: Map<string, number> | undefined;
  /** Already waiting to be looked at. */
  due = false;

  constructor(first: Message) {
    this.only = first;
  }

  get size(): number {
    return this.many?.size ?? (this.only === undefined ? 0 : 1);
  }

  /** A list of its own. */
  get messages(): Message[] {
    return this.many === undefined ? (this.only === undefined ? [] : [this.only]) : [...this.many];
  }

  delete(message: Message): void {
    if (this.many !== undefined) this.many.delete(message);
    else if (this.only === message) this.only = undefined;
  }

  absorb(other: Bundle<Message>): void {
    this.many ??= new Set(this.messages);
    for (const message of other.messages) {
      this.many.add(message);
      message.bundle = this;
    }
    for (const [visit, count] of other.visits ?? []) {
      this.visits ??= new Map();
      this.visits.set(visit, (this.visits.get(visit) ?? 0) + count);
    }
    this.open += other.open;
    other.open = 0;
    other.only = undefined;
    other.many = undefined;
  }
}
