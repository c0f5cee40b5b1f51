import type { Node, NodeAPI } from 'node-red';
import type { Contract } from '../../src/contracts/contract.js';
import type { WireMessage } from '../../src/event.js';
import type { EventStore } from '../../src/store/event-store.js';
import type { GridwireMessage } from '../runtime/messages.js';
import type { StatusLine } from '../runtime/status.js';

/** What a replay or a recovery works with. */
export interface ReplayTools {
  RED: NodeAPI;
  node: Node;
  status: StatusLine;
  contract: Contract | undefined;
  store: () => Promise<EventStore>;
  storeId: string;
  /** Resolves after the broker's acknowledgement. */
  publish: (message: WireMessage) => Promise<void>;
}

/** One kind of work that the node does: replaying events, or recovering letters. */
export interface ReplayWork {
  /** Takes up what a restart interrupted. */
  takeUp(): Promise<void>;
  /** @returns a summary for the flow, when the work has ended */
  start(message: GridwireMessage): Promise<object>;
  control(word: 'pause' | 'resume' | 'cancel'): void;
  close(): Promise<void>;
}

/** Who asks, for the audit log: the signed-in user, if the message names one, else the node. */
export function actorOf(node: Node, message: GridwireMessage): string {
  const { user } = message as { user?: unknown };
  return typeof user === 'string' && user !== '' ? user.slice(0, 200) : `node ${node.name ?? node.id}`;
}
