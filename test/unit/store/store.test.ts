import { onEachStore } from '../../support/stores.js';
import { queueSuite } from './queue-suite.js';
import { storeSuite } from './store-suite.js';

onEachStore('store', (stores) => storeSuite(() => stores.open()));

onEachStore('queues', (stores) =>
  queueSuite(async () => ({ store: await stores.open(), close: () => Promise.resolve() })),
);
