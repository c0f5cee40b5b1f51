import type { BatteryReading, BatteryStatus, LatestReading } from './reading.js';

/** The last reading of every device, which goes with its statuses. */
export class LatestReadings {
  private readonly readings = new Map<string, LatestReading>();

  note({ device_id, timestamp, voltage, temperature, state_of_charge }: BatteryReading): void {
    const known = { timestamp, voltage, state_of_charge };
    this.readings.set(device_id, temperature === undefined ? known : { ...known, temperature });
  }

  with(status: BatteryStatus): BatteryStatus {
    const latest_reading = this.readings.get(status.device_id);
    return latest_reading === undefined ? status : { ...status, latest_reading };
  }
}
