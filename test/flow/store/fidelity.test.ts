import { memory } from '../../support/flow-helper.js';
import { nodeFidelity } from '../../support/node-fidelity.js';

nodeFidelity('memory', '', () => memory);
