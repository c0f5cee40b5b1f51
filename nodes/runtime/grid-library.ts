import type * as Grid from '../../src/grid/index.js';
import { loadLater } from './load-later.js';

/** The simulation and its power flow: a hundred files, loaded by the first node of a grid. */
export const gridLibrary = loadLater(() => require('../../src/grid/index.js') as typeof Grid);
