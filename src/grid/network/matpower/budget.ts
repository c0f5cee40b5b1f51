/** What the computations of one file may cost: numbers made, and statements and operations carried out. */
export class Budget {
  private cells = 100_000_000;
  private steps = 1_000_000;

  /** @throws Error when the file asks for more than any case file needs */
  spendCells(count: number): void {
    this.cells -= count;
    if (!(this.cells >= 0)) throw new Error('it asks for tables larger than any case file needs');
  }

  /** @throws Error when the file goes on for longer than any case file needs */
  spendStep(): void {
    if (--this.steps < 0) throw new Error('it takes more steps than any case file needs');
  }
}
