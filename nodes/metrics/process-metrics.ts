import type { NodeAPI } from 'node-red';
import { Metrics } from '../../src/observe/metrics/metrics.js';

/** What Node-RED's settings may say of metrics, under `gridwire`. */
interface MetricsSettings {
  /** Nothing is counted. */
  off?: unknown;
  /** Who knows this may read them without a login, as a Prometheus does. */
  token?: unknown;
}

/** One of each for a process: that is what facts are told in. */
let metrics: Metrics | undefined;

/** The metrics of this process, counted from the first call on; undefined if the settings do not want them. */
export function processMetrics(RED: NodeAPI): Metrics | undefined {
  if (settingsOf(RED).off === true) return undefined;
  return (metrics ??= new Metrics());
}

/** The token that opens the metrics, if the settings have one. */
export function metricsToken(RED: NodeAPI): string | undefined {
  const { token } = settingsOf(RED);
  return typeof token === 'string' && token !== '' ? token : undefined;
}

function settingsOf(RED: NodeAPI): MetricsSettings {
  const { gridwire } = RED.settings as { gridwire?: { metrics?: unknown } };
  const given = gridwire?.metrics;
  if (given === false) return { off: true };
  return typeof given === 'object' && given !== null ? given : {};
}
