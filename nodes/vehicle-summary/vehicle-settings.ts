import { canonicalAddress } from '../../src/battery/address.js';
import { vehicleIdOf } from '../../src/battery/vehicle/report.js';
import type { Vehicle } from '../../src/battery/vehicle/summaries.js';
import type { VehicleDevice } from '../../src/battery/vehicle/summary.js';
import { cellText, decimalNumber } from '../../src/written.js';
import type { Settings } from '../runtime/settings.js';

interface VehicleRow {
  vehicle: string;
  name: string;
  device: VehicleDevice;
}

/** The rows of the field `devices` (vehicle, name, device, capacity), gathered by vehicle. */
export function vehicleSettings(settings: Settings, rows: unknown): Vehicle[] {
  const vehicles = new Map<string, { id: string; name?: string; devices: VehicleDevice[] }>();
  for (const [index, row] of (Array.isArray(rows) ? (rows as unknown[]) : []).entries()) {
    const read = settings.check(`devices, row ${index + 1}`, () => rowOf(row as Record<string, unknown>));
    if (read === undefined) continue;
    const vehicle = vehicles.get(read.vehicle) ?? { id: read.vehicle, devices: [] };
    if (read.name !== '') vehicle.name = read.name;
    vehicle.devices.push(read.device);
    vehicles.set(read.vehicle, vehicle);
  }
  return [...vehicles.values()];
}

function rowOf(row: Record<string, unknown>): VehicleRow {
  const text = (field: string): string => {
    const cell = cellText(row[field]);
    if (cell === undefined) throw new Error(`the ${field} must be text or a number.`);
    return cell;
  };
  const written = text('capacity');
  const capacity = written === '' ? 0 : decimalNumber(written);
  if (capacity === undefined || !(capacity >= 0 && capacity <= 100_000)) {
    throw new Error(`the capacity "${written}" must be 0 to 100000 Ah.`);
  }
  return {
    vehicle: vehicleIdOf(text('vehicle')),
    name: text('name'),
    device: { id: canonicalAddress(text('device')), ...(capacity > 0 ? { capacity } : {}) },
  };
}
