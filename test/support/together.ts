type Test = readonly [title: string, test: (context: Mocha.Context) => Promise<void>];

/**
 * Defines tests that mostly wait, and lets some of them wait together: each begins the next ones as well, and the one
 * whose turn it is tells only what came of it. What a test needs it makes itself and ends itself, as others run beside it.
 * @param atOnce how many may be under way; to be kept small where each has a process of its own
 */
export function together(atOnce: number, tests: readonly Test[]): void {
  const begun: Promise<void>[] = [];
  for (const [index, [title]] of tests.entries()) {
    it(title, async function () {
      for (const [ahead, [, test]] of tests.slice(0, index + atOnce).entries()) {
        if (ahead < index || begun[ahead] !== undefined) continue;
        begun[ahead] = test(this);
        // Told in its own turn, and not before.
        begun[ahead].catch(() => undefined);
      }
      await begun[index];
    });
  }
}
