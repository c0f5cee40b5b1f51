import type { NodeAPI } from 'node-red';
import { DEVICES_TYPE } from '../runtime/config-types.js';
import { adminRoute } from '../runtime/admin-route.js';
import { checkDevices } from '../../src/telemetry/device-table.js';
import { listDevices } from '../../src/telemetry/device-listing.js';
import { deployedOf } from '../runtime/deployed.js';
import type { DevicesNode } from '../runtime/devices-node.js';
import { called } from '../runtime/place.js';

/** Characters of what a page may look for. */
const LONGEST = 256;

/**
 * Admin routes of the registry's panel and of the sidebar: who is in the table, who sent something without being there, and
 * the decision about them.
 * Registered once for all registries.
 */
export function registerRoutes(RED: NodeAPI): void {
  const registryOf = (id: unknown): DevicesNode['registry'] =>
    typeof id === 'string' ? (RED.nodes.getNode(id) as DevicesNode | null)?.registry : undefined;

  const seeing = { right: 'states', formerly: 'gridwire-devices.read' } as const;
  adminRoute(RED, 'get', '/gridwire/devices', seeing, (request, response) => {
    const { find } = request.query;
    const wish = { find: typeof find === 'string' ? find.slice(0, LONGEST) : '' };
    response.json({
      registries: deployedOf<DevicesNode>(RED, DEVICES_TYPE).flatMap(([id, node]) => {
        const { registry, silentAfter = 0 } = node;
        if (registry === undefined) return [];
        return [{ id, name: called(node), ...listDevices(registry, { ...wish, silentAfter }) }];
      }),
    });
  });

  adminRoute(RED, 'get', '/gridwire/devices/:id/newcomers', seeing, (request, response) => {
    const registry = registryOf(request.params['id']);
    if (registry === undefined) response.status(404).json({ error: 'not-deployed' });
    else response.json(registry.listNewcomers());
  });

  const deciding = { right: 'devices', formerly: 'gridwire-devices.write' } as const;
  adminRoute(RED, 'post', '/gridwire/devices/:id/approve', deciding, (request, response) => {
    const registry = registryOf(request.params['id']);
    const known = registry?.listKnown().map(({ device }) => device);
    const { devices, faults } = checkDevices([request.body], known);
    const [device] = devices;
    if (registry === undefined) response.status(404).json({ error: 'not-deployed' });
    else if (device === undefined) {
      const message = faults.map((fault) => fault.message).join(' ');
      response.status(400).json({ error: 'invalid', message, faults });
    } else response.json({ released: registry.approve(device), device });
  });

  adminRoute(RED, 'post', '/gridwire/devices/:id/dismiss', deciding, (request, response) => {
    const registry = registryOf(request.params['id']);
    const serialNumber = (request.body as { serialNumber?: unknown } | undefined)?.serialNumber;
    if (registry === undefined) response.status(404).json({ error: 'not-deployed' });
    else if (typeof serialNumber !== 'string') response.status(400).json({ error: 'invalid' });
    else response.json({ released: registry.dismiss(serialNumber) });
  });
}
