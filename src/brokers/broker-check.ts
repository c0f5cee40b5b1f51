/**
 * What is known of a broker's promises. `good`: kept as Gridwire needs it. `risk`: messages can be lost, or have been.
 * `unknown`: the broker does not say; the words tell what to look at.
 */
export type Judgement = 'good' | 'risk' | 'unknown';

export type Subject =
  | 'connection'
  | 'memory'
  | 'protocol'
  | 'session'
  | 'window'
  | 'packet-size'
  | 'retain'
  | 'drops'
  | 'drops-lately'
  | 'queue'
  | 'stored'
  | 'away'
  | 'persistence'
  | 'replication'
  | 'in-sync'
  | 'elections'
  | 'retention'
  | 'place';

/** One line of a broker's check; the words belong to whoever shows it. */
export interface Finding {
  subject: Subject;
  judgement: Judgement;
  values: Record<string, string | number>;
}

export function finding(
  subject: Subject,
  judgement: Judgement,
  values: Record<string, string | number> = {},
): Finding {
  return { subject, judgement, values };
}
