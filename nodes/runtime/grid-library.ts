import type * as Grid from '../../src/grid/index.js';
import { once } from '../../src/once.js';

/** The simulation and its power flow: a hundred files, loaded by the first node of a grid. */
export const gridLibrary = once(() => require('../../src/grid/index.js') as typeof Grid);
