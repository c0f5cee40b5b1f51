import { type Cancel, type Clock, systemClock } from './clock.js';

/** So many of one kind are told within a period; of the others only the number is. */
const TOLD = 3;
/** How long that is, milliseconds. */
const PERIOD = 60_000;
/** Most kinds that are kept apart; what comes beyond them shares one. */
const KINDS = 100;
const OTHERS = '';

interface Kind {
  told: number;
  more: number;
  last: string;
  cancel: Cancel;
}

/**
 * Keeps a log readable: what goes on is told when it begins and when its reason changes, and how often it was found when
 * it is over; what happens again and again is told a few times, and then once a minute by its number.
 */
export class Repeats {
  private readonly states = new Map<string, { text: string; count: number }>();
  private readonly kinds = new Map<string, Kind>();

  /** @param tell writes a line; must not throw */
  constructor(
    private readonly tell: (text: string) => void,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Something is wrong, as it may have been before. */
  goesOn(subject: string, text: string): void {
    const known = this.states.get(subject);
    if (known?.text !== text) this.tell(text);
    this.states.set(subject, { text, count: (known?.count ?? 0) + 1 });
  }

  /** It is no longer wrong. @returns how often it was found to be */
  over(subject: string): number {
    const count = this.states.get(subject)?.count ?? 0;
    this.states.delete(subject);
    return count;
  }

  /** Something has happened, by itself complete. @param name what is counted together */
  another(name: string, text: string): void {
    const kind = this.kindOf(name);
    if (kind.told < TOLD) {
      kind.told += 1;
      this.tell(text);
    } else {
      kind.more += 1;
      kind.last = text;
    }
  }

  /** Tells what is still to be told. */
  close(): void {
    for (const kind of this.kinds.values()) {
      kind.cancel();
      this.tellMore(kind);
    }
    this.kinds.clear();
    this.states.clear();
  }

  private kindOf(wanted: string): Kind {
    const name = this.kinds.has(wanted) || this.kinds.size < KINDS ? wanted : OTHERS;
    const known = this.kinds.get(name);
    if (known !== undefined) return known;
    const kind = {
      told: 0,
      more: 0,
      last: '',
      cancel: this.clock.after(PERIOD, () => this.periodEnds(name)),
    };
    this.kinds.set(name, kind);
    return kind;
  }

  private periodEnds(name: string): void {
    const kind = this.kinds.get(name);
    if (kind === undefined) return;
    if (kind.more === 0) {
      this.kinds.delete(name);
      return;
    }
    this.tellMore(kind);
    kind.more = 0;
    kind.cancel = this.clock.after(PERIOD, () => this.periodEnds(name));
  }

  private tellMore({ more, last }: Kind): void {
    if (more === 1) this.tell(last);
    else if (more > 1) this.tell(`${last} (${more} like this in the last minute; the others are not logged)`);
  }
}
