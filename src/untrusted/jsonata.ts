/** The expression language of Node-RED. The build puts the package into this file, so that users need not have it. */
import jsonata = require('jsonata');

export { jsonata };
