// npm run mutate -- delivery: makes small wrong changes to the code, one at a time, and tells which no test notices.
import './require-node.mjs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('tsx/cjs');
require('./mutating/main.ts');
