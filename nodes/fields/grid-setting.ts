import { GridwireError } from '../../src/errors.js';
import type { EnvironmentConfig, GridEnvironment } from '../../src/grid/index.js';
import { gridLibrary } from '../runtime/grid-library.js';
import type { Settings } from '../runtime/settings.js';

/** The panel's word for an environment that the user writes as JSON. */
const OWN = 'own';

/** Where each power flow begins; devices, which solve none, have no such field. */
const STARTS = ['warm', 'auto', 'case', 'flat', 'dc'] as const;

export interface GridSetting {
  config: EnvironmentConfig;
  environment: GridEnvironment;
}

/**
 * The environment that a node's settings describe (fields `environment`, `environmentJson`, `episodeSteps`,
 * `stepMinutes`, `seed`, `start`), built and checked; undefined, and a fault, where it cannot be used. The simulation and the
 * agents of its devices read the same fields, because both have to know the same devices.
 */
export function gridSetting(settings: Settings): GridSetting | undefined {
  const name = settings.text('environment', 'three-microgrids');
  const base = settings.check('environment', () => named(name, () => settings.text('environmentJson')));
  const config = {
    episodeSteps: settings.integer('episodeSteps', { minimum: 1, maximum: 1_000_000, otherwise: 24 }),
    stepHours: settings.integer('stepMinutes', { minimum: 1, maximum: 1440, otherwise: 60 }) / 60,
    seed: settings.integer('seed', { minimum: 0, maximum: 2_147_483_647, otherwise: 0 }),
  };
  const start = settings.choice('start', STARTS, 'warm');
  if (base === undefined) return undefined;
  return settings.check('environment', () => {
    const whole = { ...base, ...config, powerFlow: { start, ...base.powerFlow } };
    return { config: whole, environment: new (gridLibrary().GridEnvironment)(whole) };
  });
}

function named(name: string, own: () => string): EnvironmentConfig {
  if (name === OWN) return parse(own());
  const { BUILT_IN_ENVIRONMENTS, isBuiltInEnvironment } = gridLibrary();
  if (isBuiltInEnvironment(name)) return BUILT_IN_ENVIRONMENTS[name]();
  const known = [...Object.keys(BUILT_IN_ENVIRONMENTS), OWN].join(', ');
  throw new GridwireError('GRID_SETTING_INVALID', `must be one of ${known}; found "${name}".`);
}

function parse(text: string): EnvironmentConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new GridwireError('GRID_SETTING_INVALID', 'The environment is not JSON.', { cause });
  }
  if (typeof value !== 'object' || value === null || !('network' in value) || !('agents' in value)) {
    throw new GridwireError('GRID_SETTING_INVALID', 'The environment needs a network and a list of agents.');
  }
  // Networks and devices check themselves when the environment is built.
  return value as EnvironmentConfig;
}
