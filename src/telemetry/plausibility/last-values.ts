/** What is remembered of a member: the last believed value, its time, and how often it came. */
export interface LastValue {
  value: number;
  /** Event time, milliseconds since the epoch. */
  time: number;
  /** How many times in a row this value came, itself included. */
  repeats: number;
}

/** The last values of the most recently seen keys; the longest unseen are forgotten first. */
export class LastValues {
  private readonly values = new Map<string, LastValue>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.values.size;
  }

  get(key: string): LastValue | undefined {
    return this.values.get(key);
  }

  set(key: string, value: LastValue): void {
    // A Map keeps the order of insertion: taking the key out first makes it the youngest.
    this.values.delete(key);
    this.values.set(key, value);
    if (this.values.size <= this.limit) return;
    const [oldest] = this.values.keys();
    if (oldest !== undefined) this.values.delete(oldest);
  }
}
