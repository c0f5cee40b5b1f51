import type { NodeAPI } from 'node-red';
import { lazyRoutes } from '../runtime/lazy-routes.js';
import type * as BatteryRoutes from './battery-routes.js';
import type * as CatalogueRoutes from './catalogue-routes.js';
import type * as LiveRoutes from './live-routes.js';
import type * as OverviewRoutes from './overview-routes.js';
import type * as StatusRoutes from './status-routes.js';

/** The plugin that brings the panels' shared code into the editor and tells it about the contracts. */
export default function register(RED: NodeAPI): void {
  RED.plugins.registerPlugin('gridwire-editor', { type: 'gridwire' });
  lazyRoutes(
    RED,
    ['/gridwire/contracts', '/gridwire/asyncapi'],
    () => require('./catalogue-routes.js') as typeof CatalogueRoutes,
  );
  lazyRoutes(RED, ['/gridwire/status'], () => require('./status-routes.js') as typeof StatusRoutes);
  lazyRoutes(
    RED,
    ['/gridwire/overview', '/gridwire/alarms'],
    () => require('./overview-routes.js') as typeof OverviewRoutes,
  );
  lazyRoutes(RED, ['/gridwire/live'], () => require('./live-routes.js') as typeof LiveRoutes);
  lazyRoutes(RED, ['/gridwire/batteries'], () => require('./battery-routes.js') as typeof BatteryRoutes);
}
