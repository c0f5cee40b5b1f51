import { GridwireError } from '../../errors.js';
import type { DeviceReport } from './report.js';
import {
  contentOf,
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

/** A device became part of a vehicle. */
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
   * Takes a reading or a status in.
   * @returns what has changed by it; nothing for a device of no vehicle and for a report older than what is known
   * @throws GridwireError `REGISTRY_FULL` beyond 10,000 vehicles or 100 devices in one
   */
  report(report: DeviceReport): SummaryChange {
    const vehicleId = this.#vehicleOf.get(report.device_id) ?? report.vehicle_id;
    if (vehicleId === undefined) return {};
    const vehicle = this.#vehicle(vehicleId);
    const isNewVehicle = ![...vehicle.devices.keys()].some((id) => this.#announced.has(id));
    const device = this.#deviceOf(vehicle, report);
    if (!update(device, report)) return {};
    const change: SummaryChange = {};
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
    const summary = summarise(vehicle, report.timestamp);
    const content = contentOf(summary);
    if (content !== vehicle.sent) {
      vehicle.sent = content;
      change.summary = summary;
    }
    return change;
  }

  #vehicle(id: string, name = id): KnownVehicle {
    const known = this.#vehicles.get(id);
    if (known) return known;
    if (this.#vehicles.size >= MOST_VEHICLES) throw full(`There are ${MOST_VEHICLES} vehicles already`);
    const vehicle = { id, name, devices: new Map<string, KnownDevice>(), sent: '' };
    this.#vehicles.set(id, vehicle);
    return vehicle;
  }

  #deviceOf(vehicle: KnownVehicle, { device_id, device_type }: DeviceReport): KnownDevice {
    const known = vehicle.devices.get(device_id);
    if (known) return known;
    if (vehicle.devices.size >= MOST_DEVICES_PER_VEHICLE) {
      throw full(`Vehicle ${vehicle.id} has ${MOST_DEVICES_PER_VEHICLE} devices already`);
    }
    const device = newDevice({ id: device_id, ...(device_type ? { type: device_type } : {}) });
    vehicle.devices.set(device_id, device);
    this.#vehicleOf.set(device_id, vehicle.id);
    return device;
  }
}

function full(what: string): GridwireError {
  return new GridwireError('REGISTRY_FULL', `${what}. Check where the vehicle ids come from.`);
}
