import { GridwireError } from '../../errors.js';
import { strangerIn } from '../../known-keys.js';
import { DEVICE_KINDS, type Device } from './device.js';
import { Generator, type GeneratorConfig } from './generator.js';
import { Renewable, type PvConfig, type WindConfig } from './renewable.js';
import { Storage, type StorageConfig } from './storage.js';
import { Switched, type ShuntConfig, type TapChangerConfig } from './switched.js';

export type DeviceConfig =
  StorageConfig | GeneratorConfig | PvConfig | WindConfig | ShuntConfig | TapChangerConfig;

/** Beyond these, products and quotients of what a device says are no numbers any more. */
const LARGEST = 1e100;
const SMALLEST = 1e-100;

type Rule = 'positive' | 'not-negative' | 'fraction' | 'any';

interface Fields {
  text: readonly string[];
  required: Readonly<Record<string, Rule>>;
  optional: Readonly<Record<string, Rule>>;
}

/** What each kind of device must and may say. */
const FIELDS: Readonly<Record<(typeof DEVICE_KINDS)[number], Fields>> = {
  storage: {
    text: ['bus'],
    required: { capacityMwh: 'positive', chargeMw: 'not-negative', dischargeMw: 'not-negative' },
    optional: {
      ...{ minSoc: 'fraction', maxSoc: 'fraction', startSoc: 'fraction', selfDischargePerHour: 'fraction' },
      ...{ chargeEfficiency: 'fraction', dischargeEfficiency: 'fraction', ratedMva: 'positive' },
    },
  },
  generator: {
    text: ['bus'],
    required: { maxMw: 'not-negative' },
    optional: {
      ...{
        minMw: 'not-negative',
        ratedMva: 'positive',
        minPowerFactor: 'fraction',
        rampMwPerHour: 'positive',
      },
      ...{ startSteps: 'not-negative', stopSteps: 'not-negative', startCost: 'any', stopCost: 'any' },
    },
  },
  pv: {
    text: ['bus'],
    required: { ratedMw: 'not-negative' },
    optional: { ratedMva: 'positive', temperatureCoefficient: 'any' },
  },
  wind: {
    text: ['bus'],
    required: { ratedMw: 'not-negative' },
    optional: {
      ...{
        ratedMva: 'positive',
        cutInMPerS: 'not-negative',
        ratedMPerS: 'positive',
        cutOutMPerS: 'positive',
      },
      heightRatio: 'positive',
    },
  },
  shunt: {
    text: ['shunt'],
    required: { maxPosition: 'not-negative' },
    optional: { startPosition: 'any', switchingCost: 'any' },
  },
  'tap-changer': {
    text: ['transformer'],
    required: { minPosition: 'any', maxPosition: 'any' },
    optional: { startPosition: 'any', switchingCost: 'any' },
  },
};

/**
 * Makes a device from its settings.
 *
 * @throws GridwireError GRID_SETTING_INVALID naming the device and the setting
 */
export function createDevice(config: DeviceConfig): Device {
  check(config);
  switch (config.kind) {
    case 'storage':
      return new Storage(config);
    case 'generator':
      return new Generator(config);
    case 'pv':
    case 'wind':
      return new Renewable(config);
    case 'shunt':
    case 'tap-changer':
      return new Switched(config);
  }
}

function check(config: DeviceConfig | null | undefined): asserts config is DeviceConfig {
  if (typeof config !== 'object' || config === null) throw invalid('a device', 'it must be an object');
  const given = config as unknown as Record<string, unknown>;
  if (typeof config.id !== 'string' || config.id === '') throw invalid('a device', 'it needs an id');
  const device = `device "${config.id}"`;
  if (!DEVICE_KINDS.includes(config.kind)) {
    throw invalid(device, `kind must be one of ${DEVICE_KINDS.join(', ')}`);
  }
  const { text, required, optional } = FIELDS[config.kind];
  const known = ['id', 'kind', 'costCurve', ...text, ...Object.keys(required), ...Object.keys(optional)];
  const stranger = strangerIn(given, new Set(known));
  if (stranger !== undefined) throw invalid(device, stranger);
  for (const key of text) {
    if (typeof given[key] !== 'string' || given[key] === '')
      throw invalid(device, `${key} must name an element`);
  }
  for (const [key, rule] of Object.entries(required)) checkNumber(device, key, given[key], rule);
  for (const [key, rule] of Object.entries(optional)) {
    if (given[key] !== undefined) checkNumber(device, key, given[key], rule);
  }
  const { costCurve } = given;
  const numbers = Array.isArray(costCurve) && costCurve.every((one) => Number.isFinite(one));
  if (costCurve !== undefined && !(numbers && (costCurve.length === 3 || costCurve.length % 2 === 0))) {
    throw invalid(device, 'costCurve must be [a, b, c] or pairs of power and cost');
  }
  if (config.kind === 'storage' && (config.minSoc ?? 0) >= (config.maxSoc ?? 1)) {
    throw invalid(device, 'minSoc must be below maxSoc');
  }
  if (config.kind === 'storage' && (config.chargeEfficiency === 0 || config.dischargeEfficiency === 0)) {
    throw invalid(device, 'an efficiency must be greater than zero');
  }
}

function checkNumber(device: string, key: string, value: unknown, rule: Rule): void {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(device, `${key} must be a number`);
  if (Math.abs(value) > LARGEST) throw invalid(device, `${key} is too large to be counted with`);
  if (rule === 'positive' && value > 0 && value < SMALLEST)
    throw invalid(device, `${key} is too small to be divided by`);
  if (rule === 'positive' && value <= 0) throw invalid(device, `${key} must be greater than zero`);
  if (rule === 'not-negative' && value < 0) throw invalid(device, `${key} must not be negative`);
  if (rule === 'fraction' && (value < 0 || value > 1))
    throw invalid(device, `${key} must lie between 0 and 1`);
}

function invalid(element: string, problem: string): GridwireError {
  return new GridwireError('GRID_SETTING_INVALID', `The settings of ${element} are not usable: ${problem}.`, {
    details: { element, problem },
  });
}
