import { onEachStore } from '../../support/stores.js';
import { storeSuite } from './store-suite.js';

onEachStore('store', (stores) => storeSuite(() => stores.open()));
