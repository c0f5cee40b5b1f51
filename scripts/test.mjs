// npm test [-- suite…]: builds, runs every suite this machine can run, and ends with a table and a count.
import './require-node.mjs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('tsx/cjs');
require('./testing/main.ts');
