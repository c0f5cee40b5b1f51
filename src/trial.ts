/** What is tried of a connection, in this order; each is of use only if the one before it went well. */
export type TrialSubject =
  | 'settings'
  | 'name'
  | 'port'
  | 'tls'
  | 'chain'
  | 'host'
  | 'expiry'
  | 'login'
  | 'subscribe'
  | 'publish'
  | 'database'
  | 'create'
  | 'folder'
  | 'file'
  | 'space'
  | 'lock';

/** One step of a trial; the words belong to whoever shows it. A reason is a sentence that says what to do. */
export interface TrialStep {
  subject: TrialSubject;
  judgement: 'good' | 'risk' | 'bad' | 'unknown';
  values: Record<string, string | number>;
}

export function step(
  subject: TrialSubject,
  judgement: TrialStep['judgement'],
  values: TrialStep['values'] = {},
): TrialStep {
  return { subject, judgement, values };
}
