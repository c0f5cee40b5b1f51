import type { Node, NodeAPI } from 'node-red';
import { type AdminRequest, may } from './admin-route.js';

/** Something of a node that is wrong now, as people read it. */
export interface Trouble {
  text: string;
  colour: string;
  code?: string;
  sentence?: string;
  /** What to do about it, in the runtime's language. */
  remedy?: string;
  /** It has happened, and stays until somebody says to have seen it. */
  happened: boolean;
}

/** Where a node's troubles are known. */
export interface TroubleSource {
  /** All that is wrong now, worst first. */
  readonly troubles: Trouble[];
  /** Somebody has looked. */
  seen(): void;
}

/** What is wrong with one node. */
export interface NodeTroubles {
  id: string;
  type: string;
  name: string;
  troubles: Trouble[];
}

/** The statuses of all deployed nodes, for panels and the sidebar: a status has room for a few words, these have more. */
export class StatusBoard {
  private readonly sources = new Map<string, { node: Node; source: TroubleSource }>();

  add(node: Node, source: TroubleSource): void {
    this.sources.set(node.id, { node, source });
  }

  /** A node that closes late does not take away its successor's. */
  remove(node: Node, source: TroubleSource): void {
    if (this.sources.get(node.id)?.source === source) this.sources.delete(node.id);
  }

  /** What is wrong with a node; undefined for one that is not deployed. */
  of(id: string): NodeTroubles | undefined {
    const found = this.sources.get(id);
    return found === undefined ? undefined : troublesOf(found);
  }

  /** The nodes with which something is wrong. */
  all(): NodeTroubles[] {
    return [...this.sources.values()].map(troublesOf).filter(({ troubles }) => troubles.length > 0);
  }

  /** Somebody has looked at a node, if it is deployed. */
  seen(id: string): void {
    this.sources.get(id)?.source.seen();
  }
}

function troublesOf({ node, source }: { node: Node; source: TroubleSource }): NodeTroubles {
  return { id: node.id, type: node.type, name: node.name ?? '', troubles: source.troubles };
}

/** Every node set gets a `RED` of its own, but all of one runtime share its events. */
const boards = new WeakMap<object, StatusBoard>();

export function statusBoardOf(RED: NodeAPI): StatusBoard {
  let board = boards.get(RED.events);
  if (board === undefined) boards.set(RED.events, (board = new StatusBoard()));
  return board;
}

/** Sentences can quote what messages hold. A panel is opened before its node is deployed too, and that is no fault. */
export function shownTo(request: AdminRequest, node: NodeTroubles | undefined): Trouble[] {
  const troubles = node?.troubles ?? [];
  if (may(request, { right: 'payloads' })) return troubles;
  return troubles.map(({ sentence: _, ...others }) => others);
}
