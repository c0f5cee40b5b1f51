/** Numbers that any file may make, for each of its characters too, and at most. */
const CELLS = { least: 10_000_000, perCharacter: 20, most: 100_000_000 };

/**
 * What the computations of one file may cost: numbers made, and statements and operations carried out. A file of a few
 * lines that doubles a table again and again has to stop long before one of 40 MB.
 */
export class Budget {
  private cells: number;
  private steps = 1_000_000;

  /** @param characters of the file */
  constructor(characters: number) {
    this.cells = Math.min(CELLS.most, CELLS.least + characters * CELLS.perCharacter);
  }

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
