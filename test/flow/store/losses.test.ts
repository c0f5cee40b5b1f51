import path from 'node:path';
import helper from 'node-red-node-test-helper';
import mirror from '../../../nodes/mirror/mirror.js';
import store from '../../../nodes/store/store.js';
import type { StoreNode } from '../../../nodes/runtime/store-node.js';
import { nodeRedPackage } from '../../support/node-red-runtime.js';
import { shownLosses } from '../../support/shown-losses.js';
import { message, temporaryFolder } from '../../unit/store/helpers.js';

describe('losses at stores', () => {
  const { shown } = shownLosses();
  let remove: () => void;
  let file: string;

  before(() => {
    helper.init(require.resolve(nodeRedPackage()));
  });
  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    file = path.join(temporary.folder, 'store.db');
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  afterEach(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    remove();
  });

  it('L30 what a person discards that waits for its broker', async () => {
    await helper.load([store], [{ id: 'store', type: 'gridwire-store', kind: 'sqlite', file }] as never);
    const events = await (helper.getNode('store') as StoreNode).connection!.access();
    await events.outbox.add('publish gone', [message('t', 'a'), message('t', 'b')]);
    const route = `/gridwire/stores/store/queues/outbox/${encodeURIComponent('publish gone')}/discard`;
    await helper.request().post(route).send({ all: true }).expect(200);
    await shown('events-lost OUTBOX_DISCARDED', 2);
  });

  it('L31 an event that the mirror cannot keep, because its store is away and others wait', async () => {
    const flow = [
      { id: 'store', type: 'gridwire-store', kind: 'sqlite', file: path.join(file, 'in a file', 'store.db') },
      { id: 'mirror', type: 'gridwire-mirror', store: 'store', waiting: '1', linger: '0', wires: [[]] },
    ];
    // The folder that it needs is a file.
    await helper.load([store, mirror], [{ ...flow[0], file }, flow[1]] as never);
    await (helper.getNode('store') as StoreNode).connection!.access();
    await helper.unload();
    await helper.load([store, mirror], flow);
    for (let count = 0; count < 3; count += 1)
      helper.getNode('mirror').receive({ topic: 't', payload: count });
    await shown('events-refused STORE_FULL');
  });
});
