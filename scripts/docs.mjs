// npm run docs: writes the pages of docs/contracts and the payload types of src/contracts/generated from the contracts,
// and docs/errors.md from the error codes.
import './require-node.mjs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('tsx/cjs');
require('./contracts/main.ts');
