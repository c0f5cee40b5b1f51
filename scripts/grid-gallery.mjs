// npm run grid-gallery [-- folder]: reads and solves every MATPOWER case and pandapower network of a folder, or of the
// public collections, and prints a row for each.
import './require-node.mjs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('tsx/cjs');
require('./grid-gallery/main.ts');
