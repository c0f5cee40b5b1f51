import type { Condition } from '../../src/observe/conditions/conditions.js';

/** What says only what its condition says already. */
const ALONE = ['disk', 'clock'];

/** What is wrong with what, in a few words of the runtime's language: a status has no room for the sentence. */
export function conditionWords(
  RED: { _(key: string, values?: Record<string, string>): string },
  { name, subject }: Pick<Condition, 'name' | 'subject'>,
): string {
  const problem = RED._(`gridwire.condition.${name}`);
  return ALONE.includes(subject) ? problem : RED._('gridwire.condition.of', { problem, subject });
}
