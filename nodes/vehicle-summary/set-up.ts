import type { NodeDef } from 'node-red';
import { parseReport } from '../../src/battery/vehicle/report.js';
import { VehicleSummaries } from '../../src/battery/vehicle/summaries.js';
import { batteryMessage } from '../messages/battery-messages.js';
import type { NodeBehaviour, NodeTools } from '../runtime/node-behaviour.js';
import { derivedMessage, type GridwireMessage } from '../runtime/messages.js';
import type { StatusWord } from '../runtime/status.js';
import { vehicleSettings } from './vehicle-settings.js';

interface VehicleSummaryConfig extends NodeDef {
  devices: unknown;
}

export function setUp({ RED, config, settings, status }: NodeTools<VehicleSummaryConfig>): NodeBehaviour {
  const vehicles = vehicleSettings(settings, config.devices);
  const summaries = settings.check('devices', () => new VehicleSummaries(vehicles)) ?? new VehicleSummaries();
  settings.finish();
  return {
    onInput: (message: GridwireMessage, send) => {
      const made = (...event: Parameters<typeof batteryMessage>): GridwireMessage =>
        derivedMessage(message, batteryMessage(...event));
      const { summary, left, association } = summaries.report(parseReport(message.payload));
      if (association) send([null, made('device-associated', association)]);
      if (left) send([made('vehicle-summary', left), null]);
      if (!summary) return;
      const { name, overall_health, connected_devices, total_devices } = summary;
      send([made('vehicle-summary', summary), null]);
      status.set(`vehicle ${summary.vehicle_id}`, wordOf(overall_health), {
        name,
        health: RED._(`gridwire-vehicle-summary.health.${overall_health}`),
        connected: connected_devices,
        total: total_devices,
      });
    },
  };
}

function wordOf(health: string): StatusWord {
  return health === 'poor' ? 'battery-poor' : health === 'fair' ? 'battery-fair' : 'battery-good';
}
