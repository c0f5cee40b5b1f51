import type { Node } from 'node-red';
import type { MonitorBoard } from '../../src/battery/reader/monitor-board.js';

export const BATTERY_TYPE = 'gridwire-ble-battery';

/** The node that reads battery monitors. */
export interface BatteryNode extends Node {
  /** How each stands and what it said; absent while the node's settings cannot work. */
  monitors?: MonitorBoard;
}
