import type { NodeAPI } from 'node-red';
import { adminRoute } from '../runtime/admin-route.js';
import { checkDevices } from '../../src/telemetry/device-table.js';
import type { DevicesNode } from '../runtime/devices-node.js';

/**
 * Admin routes of the registry's panel: who sent something without being in the table, and the decision about them.
 * Registered once for all registries.
 */
export function registerDeviceRoutes(RED: NodeAPI): void {
  const registryOf = (id: unknown): DevicesNode['registry'] =>
    typeof id === 'string' ? (RED.nodes.getNode(id) as DevicesNode | null)?.registry : undefined;

  const seeing = { right: 'states', formerly: 'gridwire-devices.read' } as const;
  adminRoute(RED, 'get', '/gridwire/devices/:id/newcomers', seeing, (request, response) => {
    const registry = registryOf(request.params['id']);
    if (registry === undefined) response.status(404).json({ error: 'not-deployed' });
    else response.json(registry.listNewcomers());
  });

  const deciding = { right: 'devices', formerly: 'gridwire-devices.write' } as const;
  adminRoute(RED, 'post', '/gridwire/devices/:id/approve', deciding, (request, response) => {
    const registry = registryOf(request.params['id']);
    const { devices, faults } = checkDevices([request.body]);
    const [device] = devices;
    if (registry === undefined) response.status(404).json({ error: 'not-deployed' });
    else if (device === undefined) response.status(400).json({ error: 'invalid', faults });
    else response.json({ released: registry.approve(device) });
  });

  adminRoute(RED, 'post', '/gridwire/devices/:id/dismiss', deciding, (request, response) => {
    const registry = registryOf(request.params['id']);
    const serialNumber = (request.body as { serialNumber?: unknown } | undefined)?.serialNumber;
    if (registry === undefined) response.status(404).json({ error: 'not-deployed' });
    else if (typeof serialNumber !== 'string') response.status(400).json({ error: 'invalid' });
    else response.json({ released: registry.dismiss(serialNumber) });
  });
}
