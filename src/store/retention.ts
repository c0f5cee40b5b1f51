/** What may be kept. Messages that wait (outbox, parked, unrepaired dead letters) are never deleted by a rule. */
export interface RetentionRules {
  /** Longest time a mirrored event is kept, milliseconds. */
  mirrorAge?: number;
  /** Longest time a recovered or discarded dead letter is kept, milliseconds. */
  deadLetterAge?: number;
  /** Longest time an entry of the audit log is kept, milliseconds. */
  auditAge?: number;
  /** Most bytes the store may hold; the oldest mirrored events give way. */
  bytes?: number;
}

export interface RetentionReport {
  mirror: number;
  deadLetters: number;
  audit: number;
  /** Bytes in use afterwards. */
  bytes: number;
}
