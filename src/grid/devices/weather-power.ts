/** Models that turn weather into power. */

export interface PvModel {
  /** DC power at 1000 W/m2 and 25 C. */
  ratedMw: number;
  /** Change of power per kelvin of the cell; default -0.0035. */
  temperatureCoefficient?: number;
}

/**
 * DC power of a photovoltaic plant: PVWatts (A. Dobos, NREL/TP-6A20-62641, 2014) with Faiman's cell temperature
 * (D. Faiman, Progress in Photovoltaics 16, 2008: coefficients 25.0 and 6.84).
 *
 * @returns MW, never negative
 */
export function pvPowerMw(
  model: PvModel,
  irradianceWPerM2: number,
  ambientC: number,
  windMPerS: number,
): number {
  const cellC = ambientC + irradianceWPerM2 / (25 + 6.84 * windMPerS);
  const factor = 1 + (model.temperatureCoefficient ?? -0.0035) * (cellC - 25);
  return Math.max(0, (irradianceWPerM2 / 1000) * model.ratedMw * factor);
}

export interface WindModel {
  ratedMw: number;
  /** Wind speeds in m/s; defaults 3, 12 and 25. */
  cutInMPerS?: number;
  ratedMPerS?: number;
  cutOutMPerS?: number;
  /** Height of the hub above that of the measurement, as a ratio; default 1. Shear exponent 1/7. */
  heightRatio?: number;
}

/** Power of a wind turbine: the cubic law between cut-in and rated speed. */
export function windPowerMw(model: WindModel, windMPerS: number): number {
  const { cutInMPerS = 3, ratedMPerS = 12, cutOutMPerS = 25, heightRatio = 1 } = model;
  const speed = windMPerS * heightRatio ** (1 / 7);
  if (speed < cutInMPerS || speed > cutOutMPerS) return 0;
  if (speed >= ratedMPerS) return model.ratedMw;
  return (model.ratedMw * (speed ** 3 - cutInMPerS ** 3)) / (ratedMPerS ** 3 - cutInMPerS ** 3);
}
