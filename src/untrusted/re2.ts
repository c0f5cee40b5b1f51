/** RE2 in JavaScript. The build puts the package into this file, so that users need not have it. */
export { RE2JS } from 're2js';
