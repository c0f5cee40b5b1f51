import { setTimeout as delay } from 'node:timers/promises';

/**
 * Resolves as soon as the condition holds.
 * @param what names the condition in the error when it does not hold in time
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  milliseconds = 5_000,
): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Timed out waiting until ${what}`);
    await delay(5);
  }
}
