// npm start: the quick-start flow in a real Node-RED with an MQTT broker, from a fresh clone. npm run dev: the same,
// rebuilt and restarted whenever a source file changes.
import './require-node.mjs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('tsx/cjs');
require('./starting/main.ts');
