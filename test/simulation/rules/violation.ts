/** Something that Gridwire promises did not hold. */
export class Violation extends Error {
  /** @param rule which promise, in few words that stay the same from schedule to schedule */
  constructor(
    readonly rule: string,
    text: string,
  ) {
    super(`${rule}: ${text}`);
  }
}

/**
 * What did not hold so far. It is noted, not thrown: it is noticed in the middle of the code under test, which may catch
 * what is thrown there.
 */
export class Verdicts {
  private first: Violation | undefined;

  hold(condition: boolean, rule: string, text: () => string): void {
    if (!condition) this.first ??= new Violation(rule, text());
  }

  /** @throws Violation the first that was noted */
  check(): void {
    if (this.first !== undefined) throw this.first;
  }
}
