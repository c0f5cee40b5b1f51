import type { NodeAPI } from 'node-red';
import { Metrics } from '../../src/observe/metrics/metrics.js';
import { partSettings } from '../runtime/part-settings.js';

/** One of each for a process: that is what facts are told in. */
let metrics: Metrics | undefined;

/** The metrics of this process, counted from the first call on; undefined if the settings do not want them. */
export function processMetrics(RED: NodeAPI): Metrics | undefined {
  if (partSettings(RED, 'metrics') === false) return undefined;
  return (metrics ??= new Metrics());
}
