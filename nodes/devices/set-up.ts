import type { NodeDef } from 'node-red';
import { reportStanding } from '../../src/observe/facts/standings.js';
import { DEFAULT_REGISTRY_OPTIONS, DeviceRegistry } from '../../src/telemetry/device-registry.js';
import { checkDevices } from '../../src/telemetry/device-table.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import type { DevicesNode } from '../runtime/devices-node.js';
import { called } from '../runtime/place.js';

interface DevicesConfig extends NodeDef {
  devices: unknown;
  policy: string;
  onboardType: string;
  heldPerDevice: string | number;
  /** Seconds after which a device of the table that is not heard is silent; 0: none is. */
  silentAfter?: string | number;
}

export function setUp({ node, config, settings }: NodeTools<DevicesConfig>): NodeBehaviour {
  const { devices, faults } = checkDevices(Array.isArray(config.devices) ? config.devices : []);
  for (const { row, message } of faults) settings.fault(`devices, row ${row}`, message);
  const policy = settings.choice('policy', ['onboard', 'hold', 'reject'], 'onboard');
  const onboardType = settings.text('onboardType', DEFAULT_REGISTRY_OPTIONS.onboardType);
  const heldPerDevice = settings.integer('heldPerDevice', { minimum: 1, maximum: 10_000, otherwise: 100 });
  const silentAfter = settings.integer('silentAfter', { minimum: 0, maximum: 31_536_000, otherwise: 0 });
  settings.finish();

  const registry = new DeviceRegistry(devices, {
    ...DEFAULT_REGISTRY_OPTIONS,
    policy,
    onboardType,
    heldPerDevice,
  });
  Object.assign(node as DevicesNode, { registry, silentAfter: silentAfter * 1_000 });
  if (silentAfter === 0) return {};
  const unreport = reportStanding(() => ({
    of: 'devices',
    node: called(node),
    id: node.id,
    known: registry.size,
    silent: registry
      .silent(silentAfter * 1_000)
      .map(({ serialNumber, since }) => ({ device: serialNumber, since })),
  }));
  return { onClose: () => unreport() };
}
