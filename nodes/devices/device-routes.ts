import type { NodeAPI } from 'node-red';
import { adminPost } from '../runtime/admin-post.js';
import { checkDevices } from '../../src/telemetry/device-table.js';
import type { DevicesNode } from '../runtime/devices-node.js';

/**
 * Admin routes of the registry's panel: who sent something without being in the table, and the decision about them.
 * Registered once for all registries.
 */
export function registerDeviceRoutes(RED: NodeAPI): void {
  const registryOf = (id: unknown): DevicesNode['registry'] =>
    typeof id === 'string' ? (RED.nodes.getNode(id) as DevicesNode | null)?.registry : undefined;

  RED.httpAdmin.get(
    '/gridwire/devices/:id/newcomers',
    RED.auth.needsPermission('gridwire-devices.read'),
    (request, response) => {
      const registry = registryOf(request.params['id']);
      if (registry === undefined) response.status(404).json({ error: 'not-deployed' });
      else response.json(registry.listNewcomers());
    },
  );

  adminPost(RED, '/gridwire/devices/:id/approve', 'gridwire-devices.write', (request, response) => {
    const registry = registryOf(request.params['id']);
    const { devices, faults } = checkDevices([request.body]);
    const [device] = devices;
    if (registry === undefined) response.status(404).json({ error: 'not-deployed' });
    else if (device === undefined) response.status(400).json({ error: 'invalid', faults });
    else response.json({ released: registry.approve(device) });
  });

  adminPost(RED, '/gridwire/devices/:id/dismiss', 'gridwire-devices.write', (request, response) => {
    const registry = registryOf(request.params['id']);
    const serialNumber = (request.body as { serialNumber?: unknown } | undefined)?.serialNumber;
    if (registry === undefined) response.status(404).json({ error: 'not-deployed' });
    else if (typeof serialNumber !== 'string') response.status(400).json({ error: 'invalid' });
    else response.json({ released: registry.dismiss(serialNumber) });
  });
}
