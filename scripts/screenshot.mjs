// npm run screenshots: the pictures of the documentation, taken in the real editor.
import './require-node.mjs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('tsx/cjs');
require('./screenshot.ts');
