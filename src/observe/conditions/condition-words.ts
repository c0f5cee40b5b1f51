import type { Condition } from './condition.js';

/** What says only what its condition says already. */
const ALONE = ['disk', 'clock'];

/** Writes in the language of whoever reads. */
interface Language {
  _(key: string, values?: Record<string, string>): string;
}

/** What is wrong with what, in a few words of a language: a status has no room for the sentence. */
export function conditionWords(
  language: Language,
  condition: Pick<Condition, 'name' | 'subject' | 'form'>,
): string {
  const problem = language._(`gridwire.condition.${condition.name}`);
  if (ALONE.includes(condition.subject)) return problem;
  return language._('gridwire.condition.of', { problem, subject: subjectWords(language, condition) });
}

function subjectWords(language: Language, { subject, form }: Pick<Condition, 'subject' | 'form'>): string {
  if (form === undefined) return subject;
  const { how, ...names } = form;
  return language._(`gridwire.condition.of-${how}`, names);
}
