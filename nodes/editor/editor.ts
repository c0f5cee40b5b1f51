import type { NodeAPI } from 'node-red';
import { registerStatusRoutes } from '../runtime/status-board.js';
import { registerBatteryRoutes } from './battery-routes.js';
import { registerOverviewRoutes } from './overview-routes.js';
import { registerLiveRoutes } from './live-routes.js';
import { registerCatalogueRoutes } from './catalogue-routes.js';

/** The plugin that brings the panels' shared code into the editor and tells it about the contracts. */
export default function register(RED: NodeAPI): void {
  RED.plugins.registerPlugin('gridwire-editor', { type: 'gridwire' });
  registerCatalogueRoutes(RED);
  registerStatusRoutes(RED);
  registerOverviewRoutes(RED);
  registerLiveRoutes(RED);
  registerBatteryRoutes(RED);
}
