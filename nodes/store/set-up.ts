import path from 'node:path';
import type { NodeDef } from 'node-red';
import { errorText } from '../../src/errors.js';
import { openStore } from '../../src/store/connection/open-store.js';
import { StoreConnection } from '../../src/store/connection/store-connection.js';
import { reportStanding } from '../../src/observe/facts/standings.js';
import { own } from '../../src/own.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { LiveInboxes } from '../runtime/live-inboxes.js';
import { LiveOutboxes } from '../runtime/live-outboxes.js';
import { called } from '../runtime/place.js';
import { queueOf } from '../runtime/queue-owner.js';
import type { StoreNode, UsableStoreNode } from '../runtime/store-node.js';
import { watchStore } from '../runtime/store-watch.js';
import { orphansIn, orphansText } from './orphans.js';
import { retentionRules, storeSettings } from './store-settings.js';
import { Users } from './users.js';

/** How long the nodes that use a store may take to hand over what they hold, milliseconds. */
const PATIENCE = 5_000;
/** How often it is looked for what other instances left that have died, milliseconds. */
const INHERIT_EVERY = 10_000;

export function setUp({ RED, node, settings, status, repeats }: NodeTools<NodeDef>): NodeBehaviour {
  const storeNode = node as StoreNode;
  const described = storeSettings(settings, RED.settings.userDir ?? process.cwd());
  const rules = retentionRules(settings);
  settings.finish();
  if (described === undefined) return {};

  const connection = new StoreConnection(() => openStore(described), rules);
  storeNode.connection = connection;
  if (described.kind === 'sqlite') storeNode.file = described.file;
  watchStore(status, storeNode as UsableStoreNode);
  connection.on('state', (state, error, failures = 0) => {
    if (error !== undefined) repeats.another(error.code, error.message);
    else if (state !== 'open') return;
    else if (failures <= 1) node.log(RED._('gridwire-store.log.open'));
    else node.log(RED._('gridwire-store.log.open-again', { count: failures }));
  });
  let problems = 0;
  connection.on('problem', (error) => {
    problems += 1;
    status.happened('problem', 'problem', { count: problems }, () => (problems = 0), error);
    repeats.another(error.code, error.message);
  });

  const unreport = reportStanding(() => {
    const {
      state,
      pending = 0,
      pendingBytes = 0,
      silentFor,
      error = connection.error,
    } = connection.status ?? {};
    const { kind } = described;
    const { openingFor } = connection;
    return {
      ...{
        of: 'store',
        name: called(node),
        id: node.id,
        kind,
        open: state === 'open',
        pending,
        pendingBytes,
      },
      ...(openingFor === undefined ? {} : { opening: openingFor / 1_000 }),
      ...(silentFor === undefined ? {} : { silent: silentFor / 1_000 }),
      ...(error === undefined ? {} : { code: error.code }),
      ...(described.kind === 'sqlite' ? { folder: path.dirname(described.file) } : {}),
    };
  });
  const users = new Users();
  storeNode.outboxes = new LiveOutboxes();
  storeNode.inboxes = new LiveInboxes();
  storeNode.acquire = (user) => users.add(user.id);
  storeNode.release = (user) => users.remove(user.id);
  // A store that cannot be opened is told at deploy time, not at the first event; the connection tells it.
  connection.access().catch(() => undefined);
  const tellOrphans = (): void => {
    connection
      .access()
      .then(async (store) => orphansText(RED, await orphansIn(RED, store, storeNode.outboxes)))
      .then(
        (text) => text !== undefined && node.warn(text),
        () => undefined, // The connection tells its own failures.
      );
  };
  RED.events.on('flows:started', tellOrphans);
  const inheriting = setInterval(
    () => own(inherit(connection, storeNode), () => undefined), // The connection tells its own failures.
    INHERIT_EVERY,
  );
  return {
    onClose: async () => {
      clearInterval(inheriting);
      unreport();
      RED.events.off('flows:started', tellOrphans);
      await users.gone(PATIENCE);
      await connection.close().catch((error: unknown) => node.warn(errorText(error)));
    },
  };
}

/** Has outboxes send, and inboxes try again, what instances had that have died since. */
async function inherit(connection: StoreConnection, { outboxes, inboxes }: StoreNode): Promise<void> {
  const store = await connection.access();
  const inherited = new Set(await store.inherit());
  inboxes.lookAgain(inherited);
  for (const { outbox, owner } of outboxes.all()) if (inherited.has(queueOf(owner))) outbox.lookAgain();
}
