/** Numbers from here on have the same length, so that their texts keep their order. */
const FIRST = 1_000_000;

/** Names for messages as they arrive: they grow with time, so that what was parked in one moment comes back in its order. */
export class ArrivalKeys {
  private readonly salt: string;
  private moment = -1;
  private text = '';
  /** Counts those of one moment. */
  private count = FIRST;

  /** @param random from 0 to 1, as `Math.random`; tells this process from others */
  constructor(random: () => number) {
    this.salt = Math.floor(random() * 36 ** 8)
      .toString(36)
      .padStart(8, '0');
  }

  /** @param now by the clock that does not jump */
  next(now: number): string {
    const moment = Math.floor(now);
    if (moment !== this.moment) {
      this.moment = moment;
      this.text = moment.toString(36).padStart(9, '0') + this.salt;
      this.count = FIRST;
    }
    this.count += 1;
    return `${this.text}${this.count}`;
  }
}
