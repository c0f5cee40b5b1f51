import type { NodeAPI } from 'node-red';
import type { Alarm, Alarms } from '../../src/observe/alarms/alarms.js';

/** Whose alarms somebody may see and acknowledge. */
export interface AlarmSource {
  /** Those that are active or acknowledged. */
  readonly active: Alarm[];
  /** @returns whether there was one to acknowledge */
  acknowledge(key: string, by: string): boolean;
}

/** The alarms of all deployed alarm nodes by the nodes' ids, for the sidebar: each node keeps its own. */
export class AlarmBoard {
  private readonly sources = new Map<string, AlarmSource>();
  private readonly left = new Map<string, Alarms>();

  add(id: string, source: AlarmSource): void {
    this.sources.set(id, source);
  }

  /** A node that closes late does not take away its successor's. */
  remove(id: string, source: AlarmSource): void {
    if (this.sources.get(id) === source) this.sources.delete(id);
  }

  /** A node closes that a deploy may open again: what it has told stays told. */
  leave(id: string, alarms: Alarms): void {
    this.left.set(id, alarms);
  }

  /** What a node of this id has told before it was closed. */
  taken(id: string): Alarms | undefined {
    const alarms = this.left.get(id);
    this.left.delete(id);
    return alarms;
  }

  get all(): ReadonlyMap<string, AlarmSource> {
    return this.sources;
  }
}

/** Every node set gets a `RED` of its own, but all of one runtime share its events. */
const boards = new WeakMap<object, AlarmBoard>();

export function alarmBoardOf(RED: NodeAPI): AlarmBoard {
  let board = boards.get(RED.events);
  if (board === undefined) boards.set(RED.events, (board = new AlarmBoard()));
  return board;
}
