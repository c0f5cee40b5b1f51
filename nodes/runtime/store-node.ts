import type { Node } from 'node-red';
import type { StoreConnection } from '../../src/store/connection/store-connection.js';
import type { LiveInboxes } from './live-inboxes.js';
import type { LiveOutboxes } from './live-outboxes.js';
import type { Settings } from './settings.js';
import { STORE_TYPE } from './config-types.js';

/** What a `gridwire-store` config node offers to the nodes that use it. */
export interface StoreNode extends Node {
  /** Absent when the store's own settings are invalid. */
  connection?: StoreConnection;
  /** The file of an SQLite store. */
  file?: string;
  /** Users are waited for before the store closes, so that what they hold can still be kept. */
  acquire(user: Node): void;
  release(user: Node): void;
  /** Those of the nodes that keep in this store what waits for their broker. */
  outboxes: LiveOutboxes;
  /** Told of queues of parked messages that got something from elsewhere. */
  inboxes: LiveInboxes;
}

export type UsableStoreNode = StoreNode & { connection: StoreConnection };

/** The store a node's settings name; books a fault if there is none, or if it cannot work itself. */
export function storeSetting(settings: Settings, field = 'store'): UsableStoreNode | undefined {
  const node = settings.configNode<StoreNode>(field, STORE_TYPE, 'a store');
  if (node === undefined) return undefined;
  if (node.connection === undefined) {
    settings.fault(
      field,
      `the store "${node.name ?? node.id}" has invalid settings; its own error says which.`,
    );
    return undefined;
  }
  return node as UsableStoreNode;
}
