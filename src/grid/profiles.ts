import type { Conditions } from './devices/device.js';
import { seededRandom } from './random.js';

/** Load at each hour as a part of the peak: a working day with a morning and an evening peak. */
const LOAD = [
  ...[0.48, 0.46, 0.45, 0.45, 0.46, 0.5, 0.58, 0.66, 0.68, 0.66, 0.64, 0.63],
  ...[0.64, 0.63, 0.62, 0.63, 0.68, 0.77, 0.85, 0.88, 0.84, 0.75, 0.64, 0.54],
];

/** Price at each hour relative to the mean: cheap at noon, when the sun supplies, dear in the evening. */
const PRICE = [
  ...[0.95, 0.92, 0.9, 0.89, 0.92, 1.0, 1.12, 1.18, 1.05, 0.85, 0.72, 0.66],
  ...[0.64, 0.65, 0.72, 0.88, 1.1, 1.35, 1.5, 1.45, 1.3, 1.15, 1.05, 0.98],
];

const MEAN_PRICE = 50;
const SUNRISE = 6;
const SUNSET = 19;

/**
 * Conditions of one synthetic day, the same for the same seed and day: made by the project, measured nowhere. Clouds,
 * wind and temperature wander from hour to hour around the day's own level.
 *
 * @param day counted from 0
 * @param stepHours length of a step; a day has 24 / stepHours of them
 */
export function conditionsOfDay(seed: number, day: number, stepHours = 1): Conditions[] {
  const random = seededRandom(seed * 1009 + day);
  const level = {
    load: 0.95 + 0.1 * random(),
    clear: 0.45 + 0.55 * random(),
    wind: 4 + 6 * random(),
    warm: 8 + 14 * random(),
    price: MEAN_PRICE * (0.8 + 0.4 * random()),
  };
  const clouds = wander(random, 0.15);
  const gusts = wander(random, 0.25);
  const noise = wander(random, 0.02);
  return Array.from({ length: Math.round(24 / stepHours) }, (_, index) => {
    const hour = index * stepHours;
    const height = Math.sin((Math.PI * (hour - SUNRISE)) / (SUNSET - SUNRISE));
    const sun = hour > SUNRISE && hour < SUNSET ? Math.max(0, height) : 0;
    const clearness = Math.min(1, Math.max(0.1, level.clear + clouds()));
    return {
      loadScale: interpolate(LOAD, hour) * level.load * (1 + noise()),
      irradianceWPerM2: 1000 * sun * clearness,
      ambientC: level.warm + 5 * Math.sin((Math.PI * (hour - 9)) / 12),
      windMPerS: Math.max(0, level.wind * (1 + gusts())),
      pricePerMwh: interpolate(PRICE, hour) * level.price,
    };
  });
}

function interpolate(hourly: readonly number[], hour: number): number {
  const before = Math.floor(hour) % 24;
  const part = hour - Math.floor(hour);
  return (hourly[before] ?? 0) * (1 - part) + (hourly[(before + 1) % 24] ?? 0) * part;
}

/** Noise with memory: each value keeps most of the one before. */
function wander(random: () => number, size: number): () => number {
  let value = 0;
  return () => (value = 0.7 * value + size * (2 * random() - 1));
}
