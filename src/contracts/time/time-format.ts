/**
 * How a moment is written. `utc` ends in `Z`, `offset` in `+00:00`, `naive` names no zone (it is UTC all the same); then
 * the smallest part written. `java-list` is a `LocalDateTime` as Jackson writes it, of UTC: `[2026, 11, 29, 9, 53]`, then
 * the seconds and the nanoseconds where they are not 0.
 */
export type TimeFormat =
  'utc-milliseconds' | 'offset-microseconds' | 'naive-microseconds' | 'naive-seconds' | 'java-list';
