import type { NodeDef } from 'node-red';
import { DEFAULT_MIRROR_WRITER, MirrorWriter } from '../../src/delivery/history/mirror-writer.js';
import { toGridwireError } from '../../src/errors.js';
import { facts } from '../../src/observe/facts/facts.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { memoriesOf } from '../runtime/memories.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { placeOf } from '../runtime/place.js';
import { storeSetting } from '../runtime/store-node.js';
import { mirrorEntry } from './entry.js';

/** An event that has waited this long, longer than any linger, waits for a slow store; milliseconds. */
const SLOW = 1_000;

export function setUp({ RED, node, settings, status }: NodeTools<NodeDef>): NodeBehaviour {
  const storeNode = storeSetting(settings);
  const { size, linger, waiting, waitingBytes } = DEFAULT_MIRROR_WRITER;
  const options = {
    size: settings.integer('batchSize', { minimum: 1, maximum: 5_000, otherwise: size }),
    linger: settings.integer('linger', { minimum: 0, maximum: 60_000, otherwise: linger }),
    waiting: settings.integer('waiting', { minimum: 1, maximum: 1_000_000, otherwise: waiting }),
    waitingBytes,
  };
  settings.finish();
  if (storeNode === undefined) return {};

  const { connection } = storeNode;
  let kept = 0;
  const show = (): void => {
    const error = writer.error ?? connection.error;
    const count = writer.size;
    if (error !== undefined && count > 0) status.set('store', 'store-away-waiting', { count }, error);
    else if (error !== undefined) status.set('store', 'store-away', {}, error);
    else if (writer.delay > SLOW + options.linger) status.set('store', 'store-slow', { count });
    else status.clear('store');
    status.show(kept > 0 ? 'mirrored' : 'ready', { count: kept });
  };
  const writer = new MirrorWriter(async () => (await connection.access()).mirror, options, show);
  storeNode.acquire(node);
  memoriesOf(RED).set(writer, storeNode.id);
  show();
  // While the store is slow nothing else would say so.
  const watch = setInterval(show, SLOW).unref();
  return {
    async onInput(message: GridwireMessage, send) {
      await writer.write(mirrorEntry(message)).catch((thrown: unknown) => {
        const error = toGridwireError(thrown);
        facts.refused.tell({ place: placeOf(node), way: 'in', code: error.code });
        throw error;
      });
      kept += 1;
      show();
      send(message);
    },
    waits: () => writer.size > 0 && (writer.error ?? connection.error) !== undefined,
    async onClose() {
      clearInterval(watch);
      await writer.close();
      memoriesOf(RED).delete(writer);
      storeNode.release(node);
    },
  };
}
