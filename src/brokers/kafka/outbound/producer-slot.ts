import type { Producer } from 'kafkajs';

interface InUse {
  producer: Producer;
  connecting: Promise<void>;
  users: number;
  retired: boolean;
}

/** The producer at present. It is made on first use, and ended after it was retired and its last user has gone. */
export class ProducerSlot {
  #current: InUse | undefined;

  constructor(private readonly make: () => Producer) {}

  async use<T>(work: (producer: Producer) => Promise<T>): Promise<T> {
    const current = (this.#current ??= this.#open());
    current.users += 1;
    try {
      await current.connecting;
      return await work(current.producer);
    } catch (error) {
      await this.#retireUnconnected(current);
      throw error;
    } finally {
      current.users -= 1;
      if (current.retired && current.users === 0) await end(current.producer);
    }
  }

  /** The next use gets a new producer; those who use this one finish with it. */
  async retire(): Promise<void> {
    const current = this.#current;
    if (!current) return;
    this.#current = undefined;
    current.retired = true;
    if (current.users === 0) await end(current.producer);
  }

  #open(): InUse {
    const producer = this.make();
    return { producer, connecting: producer.connect(), users: 0, retired: false };
  }

  /** A producer that never connected would give every later user the same error. */
  async #retireUnconnected(current: InUse): Promise<void> {
    const connected = await current.connecting.then(
      () => true,
      () => false,
    );
    if (!connected && this.#current === current) await this.retire();
  }
}

function end(producer: Producer): Promise<void> {
  return producer.disconnect().catch(() => {
    // A connection that is given up may say so in its own way.
  });
}
