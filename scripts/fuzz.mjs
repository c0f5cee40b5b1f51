// npm run fuzz -- <target> [minutes]: feeds one part of Gridwire with what a hostile world may send, by a seed.
import './require-node.mjs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('tsx/cjs');
require('./fuzzing/main.ts');
