import type { IClientOptions } from 'mqtt';

/** Packet ids of messages go from 1 to here; what lies above is mqtt.js's, which asks for subscriptions. */
export const LAST_MESSAGE_ID = 0xfe00;
const LAST = 0xffff;

/** Gives mqtt.js, which no longer sends messages, packet ids that no message has. */
export class AskingIds implements NonNullable<IClientOptions['messageIdProvider']> {
  readonly #taken = new Set<number>();
  #last = LAST;

  allocate(): number | null {
    for (let tried = LAST_MESSAGE_ID; tried < LAST; tried += 1) {
      this.#last = this.#last === LAST ? LAST_MESSAGE_ID + 1 : this.#last + 1;
      if (this.register(this.#last)) return this.#last;
    }
    return null;
  }

  getLastAllocated(): number | null {
    return this.#taken.size === 0 ? null : this.#last;
  }

  register(id: number): boolean {
    if (this.#taken.has(id)) return false;
    this.#taken.add(id);
    return true;
  }

  deallocate(id: number): void {
    this.#taken.delete(id);
  }

  clear(): void {
    this.#taken.clear();
  }
}
