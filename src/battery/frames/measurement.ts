/**
 * What a monitor measures, whatever its family. No family reports a current.
 */
export interface Measurement {
  /** Volts. */
  voltage: number;
  /** Percent, as the device computes it from its own voltage table; wrong for a chemistry it is not set to. */
  stateOfCharge: number;
  /** Degrees Celsius; BM2 does not measure it. */
  temperature?: number;
  /** Fields whose meaning is not settled, passed on as they are. */
  unconfirmed: Readonly<Record<string, number | string>>;
}

/** What the devices can measure at all: they work from 6 to 20 V and are sold for -40 to 85 degrees. */
export const PHYSICAL_RANGE = {
  voltage: [6, 20],
  stateOfCharge: [0, 100],
  temperature: [-40, 85],
} as const;

/**
 * Says why a decoded measurement cannot be one, so that nothing impossible is ever called a reading.
 * @returns undefined for a plausible measurement
 */
export function implausibility(measurement: Measurement): string | undefined {
  for (const quantity of ['voltage', 'stateOfCharge', 'temperature'] as const) {
    const value = measurement[quantity];
    const [lowest, highest] = PHYSICAL_RANGE[quantity];
    if (value !== undefined && !(value >= lowest && value <= highest)) {
      return `${quantity} ${value} is outside ${lowest} to ${highest}`;
    }
  }
  return undefined;
}
