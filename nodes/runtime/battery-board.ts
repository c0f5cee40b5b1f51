import type { NodeAPI } from 'node-red';
import type { MonitorBoard } from '../../src/battery/reader/monitor-board.js';

/** The nodes that read battery monitors now, by their ids: what each is called, and what it knows of its monitors. */
export type BatteryBoards = Map<string, { name: string; board: MonitorBoard }>;

const boards = new WeakMap<object, BatteryBoards>();

/** Those of a runtime, for the sidebar: a node inside a subflow has an id that no flow file names. */
export function batteryBoardsOf(RED: NodeAPI): BatteryBoards {
  const known = boards.get(RED.events) ?? (new Map() as BatteryBoards);
  boards.set(RED.events, known);
  return known;
}
