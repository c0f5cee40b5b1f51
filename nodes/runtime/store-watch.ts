import type { StoreState } from '../../src/store/event-store.js';
import type { GridwireError } from '../../src/errors.js';
import type { StatusLine } from './status.js';
import type { UsableStoreNode } from './store-node.js';

/** Shows in a node's status while its store cannot be used, and why. @returns ends it */
export function watchStore(status: StatusLine, { connection }: UsableStoreNode): () => void {
  const show = (error: GridwireError | undefined): void => {
    if (error === undefined) status.clear('store');
    else status.set('store', 'store-away', {}, error);
  };
  const onState = (_state: StoreState, error?: GridwireError): void => show(error);
  connection.on('state', onState);
  show(connection.error ?? connection.status?.error);
  return () => connection.off('state', onState);
}
