/** Who a device is: what the domain events need and neither topic nor payload tells. */
export interface Device {
  serialNumber: string;
  /** The device's number in the system behind. */
  id: number;
  /** For example `SOLAR_INVERTER`. */
  type: string;
  /** The site's number; without one the site in the topic counts. */
  site?: number;
  name?: string;
}

/** What happens to a message from a device that is not in the registry. */
export type UnknownDevicePolicy = 'onboard' | 'hold' | 'reject';
