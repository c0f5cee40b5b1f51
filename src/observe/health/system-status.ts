import type { JsonObject } from '../../event.js';
import type { Standing } from '../facts/standings.js';

/** What is known beside the standings. */
export interface SystemFacts {
  uptimeSeconds: number;
  version: string;
  /** Share of the disk that is used, 0 to 1; undefined where it cannot be asked. */
  disk: number | undefined;
  /** Whether a battery monitor was read lately; undefined where none was ever. */
  bluetooth: boolean | undefined;
}

/**
 * Battery Hawk's `system/status`: its three groups, with what is known here. Nothing is claimed of what is not there: no
 * `influxdb_connected` without an InfluxDB, no `bluetooth` where no battery is read.
 */
export function systemStatus(standings: readonly Standing[], known: SystemFacts): JsonObject {
  const storage: JsonObject = {};
  const components: JsonObject = { api: 'running' };
  for (const standing of standings) {
    if (standing.of === 'store') storage[`${standing.kind}_connected`] = standing.open;
    // Of several of a kind the one counts that is away.
    if (standing.of === 'broker' && components[standing.place.system ?? ''] !== 'disconnected')
      components[standing.place.system ?? ''] = standing.connected ? 'connected' : 'disconnected';
  }
  if (known.disk !== undefined) storage['disk_usage_percent'] = Math.round(known.disk * 1_000) / 10;
  if (known.bluetooth !== undefined) components['bluetooth'] = known.bluetooth ? 'active' : 'inactive';
  return {
    core: { running: true, uptime_seconds: Math.round(known.uptimeSeconds), version: known.version },
    storage,
    components,
  };
}
