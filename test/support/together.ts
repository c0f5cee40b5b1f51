type Test = readonly [title: string, test: (context: Mocha.Context) => Promise<void>];

class Skipped extends Error {}

/**
 * Defines tests that mostly wait, and lets some of them wait together: each begins the next ones as well, and the one
 * whose turn it is tells only what came of it. What a test needs it makes itself and ends itself, as others run beside it.
 * @param atOnce how many may be under way; to be kept small where each has a process of its own
 */
export function together(atOnce: number, tests: readonly Test[]): void {
  const begun: Promise<void>[] = [];
  const begin = async (test: Test[1], context: Mocha.Context): Promise<void> => {
    // One that skips itself ahead of its turn would skip the test that is running.
    const skip = (): never => {
      throw new Skipped();
    };
    await test(Object.create(context, { skip: { value: skip } }) as Mocha.Context);
  };
  for (const [index, [title]] of tests.entries()) {
    it(title, async function () {
      for (const [ahead, [, test]] of tests.slice(0, index + atOnce).entries()) {
        if (ahead < index || begun[ahead] !== undefined) continue;
        begun[ahead] = begin(test, this);
        // Told in its own turn, and not before.
        begun[ahead].catch(() => undefined);
      }
      await begun[index]!.catch((error: unknown) => {
        if (error instanceof Skipped) this.skip();
        throw error;
      });
    });
  }
}
