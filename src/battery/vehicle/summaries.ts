import { GridwireError } from '../../errors.js';
import type { DeviceReport } from './report.js';
import {
  contentOf,
  isLate,
  newDevice,
  summarise,
  update,
  type KnownDevice,
  type VehicleDevice,
  type VehicleSummary,
} from './summary.js';

export interface Vehicle {
  id: string;
  name?: string;
  devices: readonly VehicleDevice[];
}

/** A device became part of a vehicle, or moved to another. */
export interface DeviceAssociation {
  device_id: string;
  vehicle_id: string;
  device_type?: string;
  /** The vehicle had no device before. */
  new_vehicle: boolean;
  timestamp: string;
}

export interface SummaryChange {
  /** Absent when nothing but times has changed. */
  summary?: VehicleSummary;
  /** Of the vehicle that the device was in before. */
  left?: VehicleSummary;
  association?: DeviceAssociation;
}

interface KnownVehicle {
  id: string;
  name: string;
  devices: Map<string, KnownDevice>;
  /** The last summary without its times. */
  sent: string;
}

const MOST_VEHICLES = 10_000;
const MOST_DEVICES_PER_VEHICLE = 100;

/** Keeps what is known of every vehicle and says when a summary is worth sending. */
export class VehicleSummaries {
  readonly #vehicles = new Map<string, KnownVehicle>();
  readonly #vehicleOf = new Map<string, string>();
  /** Devices announced by an association already. */
  readonly #announced = new Set<string>();

  /** @throws GridwireError `SETTING_INVALID` when a device is in two vehicles */
  constructor(vehicles: readonly Vehicle[] = []) {
    for (const { id, name, devices } of vehicles) {
      const vehicle = this.#vehicle(id, name);
      for (const device of devices) {
        const other = this.#vehicleOf.get(device.id);
        if (other !== undefined) {
          const message = `Device ${device.id} is in vehicles ${other} and ${id}. Take it out of one of them.`;
          throw new GridwireError('SETTING_INVALID', message);
        }
        this.#vehicleOf.set(device.id, id);
        vehicle.devices.set(device.id, newDevice(device));
      }
    }
  }

  /**
   * Takes a reading or a status in. A device that reports another vehicle than the one it is in moves there.
   * @returns what has changed by it; nothing for a device of no vehicle and for a report older than what is known
   * @throws GridwireError `REGISTRY_FULL` beyond 10,000 vehicles or 100 devices in one
   */
  report(report: DeviceReport): SummaryChange {
    const before = this.#vehicleOf.get(report.device_id);
    const vehicleId = report.vehicle_id ?? before;
    if (vehicleId === undefined) return {};
    const moves = before !== undefined && before !== vehicleId;
    const left = moves ? this.#vehicles.get(before) : undefined;
    const moving = left?.devices.get(report.device_id);
    if (moving !== undefined && isLate(moving, report)) return {};
    const vehicle = this.#vehicle(vehicleId);
    const isNewVehicle = ![...vehicle.devices.keys()].some((id) => this.#announced.has(id));
    const device = this.#deviceOf(vehicle, report, moving);
    if (left !== undefined) {
      left.devices.delete(report.device_id);
      this.#announced.delete(report.device_id);
    }
    if (!update(device, report)) return {};
    const change: SummaryChange = {};
    const departed = left && this.#news(left, report.timestamp);
    if (departed !== undefined) change.left = departed;
    if (!this.#announced.has(report.device_id)) {
      this.#announced.add(report.device_id);
      change.association = {
        device_id: report.device_id,
        vehicle_id: vehicleId,
        ...(device.summary.device_type === null ? {} : { device_type: device.summary.device_type }),
        new_vehicle: isNewVehicle,
        timestamp: report.timestamp,
      };
    }
    const summary = this.#news(vehicle, report.timestamp);
    if (summary !== undefined) change.summary = summary;
    return change;
  }

  /** The summary of a vehicle, if more than its times has changed since it was last told. */
  #news(vehicle: KnownVehicle, timestamp: string): VehicleSummary | undefined {
    const summary = summarise(vehicle, timestamp);
    const content = contentOf(summary);
    if (content === vehicle.sent) return undefined;
    vehicle.sent = content;
    return summary;
  }

  #vehicle(id: string, name = id): KnownVehicle {
    const known = this.#vehicles.get(id);
    if (known) return known;
    if (this.#vehicles.size >= MOST_VEHICLES) throw full(`There are ${MOST_VEHICLES} vehicles already`);
    const vehicle = { id, name, devices: new Map<string, KnownDevice>(), sent: '' };
    this.#vehicles.set(id, vehicle);
    return vehicle;
  }

  /** @param moving what is known of it from the vehicle it was in before */
  #deviceOf(
    vehicle: KnownVehicle,
    { device_id, device_type }: DeviceReport,
    moving: KnownDevice | undefined,
  ): KnownDevice {
    const known = vehicle.devices.get(device_id);
    if (known) return known;
    if (vehicle.devices.size >= MOST_DEVICES_PER_VEHICLE) {
      throw full(`Vehicle ${vehicle.id} has ${MOST_DEVICES_PER_VEHICLE} devices already`);
    }
    const device = moving ?? newDevice({ id: device_id, ...(device_type ? { type: device_type } : {}) });
    vehicle.devices.set(device_id, device);
    this.#vehicleOf.set(device_id, vehicle.id);
    return device;
  }
}

function full(what: string): GridwireError {
  return new GridwireError('REGISTRY_FULL', `${what}. Check where the vehicle ids come from.`);
}
