import type { NodeAPI } from 'node-red';

/** A part of Gridwire of which Node-RED's settings file may say something. */
export type Part = 'metrics' | 'health' | 'traces';

/** What it may say. */
interface PartSettings {
  /** Who knows this needs no login, as a program does not have one. */
  token?: unknown;
}

/** The settings of a part in Node-RED's settings file: `gridwire: { metrics: { … } }`; false switches it off. */
export function partSettings(RED: NodeAPI, part: Part): PartSettings | false {
  const { gridwire } = RED.settings as { gridwire?: Record<string, unknown> };
  const given = gridwire?.[part];
  if (given === false) return false;
  return typeof given === 'object' && given !== null ? given : {};
}
