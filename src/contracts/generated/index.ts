// Made by "npm run docs" from the payload schemas; changes here are lost.

export type { EcogridEmsPayloads } from './ecogrid-ems.js';
export type { CelineDtPayloads } from './celine-dt.js';
export type { TaylordashPayloads } from './taylordash.js';
export type { PowergridPayloads } from './powergrid.js';
export type { BatteryHawkPayloads } from './battery-hawk.js';
