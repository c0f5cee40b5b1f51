/**
 * How a moment is written. `utc` ends in `Z`, `offset` in `+00:00`, `naive` names no zone (it is UTC all the same); then
 * the smallest part written.
 */
export type TimeFormat = 'utc-milliseconds' | 'offset-microseconds' | 'naive-microseconds' | 'naive-seconds';
