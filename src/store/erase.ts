/** What was erased, where. */
export interface EraseReceipt {
  /** SHA-256 of the subject, hexadecimal: proves what was erased without keeping it. */
  subjectDigest: string;
  at: number;
  actor: string;
  /** Rows deleted per table. */
  deleted: Record<string, number>;
}
