import type { WireMessage } from '../../event.js';
import type { NoRoom, Outlet, PublishResult } from '../broker.js';

interface Member {
  changed: () => void;
}

/**
 * The outlets of one connection, which share its room: who was refused first is told first when there is some, and
 * while anybody waits for room of any kind nobody else gets in before.
 */
export class Outlets {
  readonly #members = new Set<Member>();
  /** Those who were refused, in that order, with whether any message would have been. */
  readonly #waiting = new Map<Member, boolean>();
  #waitingForAll = 0;
  #turn: Member | undefined;
  #telling = false;
  #again = false;

  /** @param write hands a message over at once, or says why not */
  constructor(private readonly write: (message: WireMessage) => Promise<PublishResult> | NoRoom) {}

  open(changed: () => void): Outlet {
    const member = { changed };
    this.#members.add(member);
    return {
      offer: (message) => this.#offer(member, message),
      close: () => {
        this.#members.delete(member);
        this.#leave(member);
      },
    };
  }

  /** There may be room: tells those who wait, each once, in the order in which they were refused. */
  room(): void {
    if (this.#waiting.size === 0) return;
    this.#tell([...this.#waiting.keys()]);
  }

  /** The connection came or went: tells all. */
  changed(): void {
    this.#waiting.clear();
    this.#waitingForAll = 0;
    this.#tell([...this.#members]);
  }

  #tell(members: Member[]): void {
    if (this.#telling) {
      this.#again = true;
      return;
    }
    this.#telling = true;
    for (const member of members) {
      if (!this.#members.has(member)) continue;
      this.#leave(member);
      this.#turn = member;
      member.changed();
    }
    this.#turn = undefined;
    this.#telling = false;
    if (!this.#again) return;
    this.#again = false;
    queueMicrotask(() => this.room());
  }

  #offer(member: Member, message: WireMessage): Promise<PublishResult> | NoRoom {
    const others = this.#waitingForAll - (this.#waiting.get(member) === true ? 1 : 0);
    const answer = others > 0 && this.#turn !== member ? 'all' : this.write(message);
    if (typeof answer === 'string') this.#wait(member, answer === 'all');
    return answer;
  }

  #wait(member: Member, forAll: boolean): void {
    const before = this.#waiting.get(member);
    if (before === undefined || (forAll && !before)) {
      if (forAll) this.#waitingForAll += 1;
      this.#waiting.set(member, forAll);
    }
  }

  #leave(member: Member): void {
    if (this.#waiting.get(member) === true) this.#waitingForAll -= 1;
    this.#waiting.delete(member);
  }
}
