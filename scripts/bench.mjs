// npm run bench [-- name|all] [--only ID] [--json] [--repeats N]: ours against the peer, both measured in one run.
import './require-node.mjs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('tsx/cjs');
require('../bench/main.ts');
