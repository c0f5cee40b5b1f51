import type { JsonObject } from '../../event.js';
import type { Disk } from '../conditions/disk-watch.js';
import type { Standing } from '../facts/standings.js';

/** What is known beside the standings. */
export interface SystemFacts {
  uptimeSeconds: number;
  version: string;
  /** Those that can be asked; the fullest counts. */
  disks: readonly Disk[] | undefined;
}

/**
 * Battery Hawk's `system/status`: its three groups, with what is known here. Nothing is claimed of what is not there: no
 * `influxdb_connected` without an InfluxDB, no `bluetooth` where no battery monitor was looked for.
 */
export function systemStatus(standings: readonly Standing[], known: SystemFacts): JsonObject {
  const storage: JsonObject = {};
  const components: JsonObject = { api: 'running' };
  for (const standing of standings) {
    // Of several of a kind the one counts that is away.
    if (standing.of === 'store' && storage[`${standing.kind}_connected`] !== false)
      storage[`${standing.kind}_connected`] = standing.open;
    if (standing.of === 'broker' && components[standing.place.system ?? ''] !== 'disconnected')
      components[standing.place.system ?? ''] = standing.connected ? 'connected' : 'disconnected';
    if (standing.of === 'monitors' && standing.known > 0 && components['bluetooth'] !== 'active')
      components['bluetooth'] = standing.connected > 0 ? 'active' : 'inactive';
  }
  const used = Math.max(...(known.disks ?? []).map((disk) => disk.used));
  if (used >= 0) storage['disk_usage_percent'] = Math.round(used * 1_000) / 10;
  return {
    core: { running: true, uptime_seconds: Math.round(known.uptimeSeconds), version: known.version },
    storage,
    components,
  };
}
