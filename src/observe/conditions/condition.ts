export type Severity = 'warning' | 'critical';

export const CONDITIONS = [
  'broker-away',
  'broker-failing',
  'store-away',
  'queue-old',
  'queue-full',
  'no-progress',
  'probe-failed',
  'subscribe-refused',
  'events-lost',
  'events-expired',
  'events-failed',
  'events-refused',
  'dead-letters',
  'device-silent',
  'certificate-ends',
  'disk-full',
  'clock-wrong',
] as const;

export type ConditionName = (typeof CONDITIONS)[number];

/** A queue of a node for a broker; the certificate by which this side says who it is. */
export type SubjectForm =
  { how: 'queue'; node: string; broker: string } | { how: 'own-certificate'; broker: string };

/** Something that a person should do something about, now. */
export interface Condition {
  name: ConditionName;
  /** The node, the broker or the store that it is about. */
  subject: string;
  /** How the subject is put together, where it has words of its own: others may write it in their language. */
  form?: SubjectForm;
  severity: Severity;
  /** What is wrong, and what to do. */
  text: string;
  /** How much of it there is: events, seconds, a share. */
  value?: number;
  /** Of what gets worse by itself, how far it is; each step is news. */
  stage?: number;
  /** The error behind it. */
  code?: string;
}

export function critical(name: ConditionName, subject: string, text: string, code?: string): Condition {
  return { name, subject, severity: 'critical', text, ...(code === undefined ? {} : { code }) };
}

export function warning(name: ConditionName, subject: string, text: string, value?: number): Condition {
  return { name, subject, severity: 'warning', text, ...(value === undefined ? {} : { value }) };
}
