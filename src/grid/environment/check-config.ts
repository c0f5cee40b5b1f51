import { GridwireError } from '../../errors.js';
import { strangerIn } from '../../known-keys.js';

/** What a setting must be. */
type Rule = 'anything' | 'text' | 'name' | 'number' | 'positive' | 'whole' | 'switch' | 'list' | 'record';

type Rules = Readonly<Record<string, Rule>>;

/** What each part of a configuration may hold; networks and devices have lists of their own. */
export const RULES = {
  environment: {
    ...{ network: 'anything', agents: 'list', loadScale: 'number', stepHours: 'positive' },
    ...{ episodeSteps: 'whole', seed: 'whole', conditions: 'list', penalty: 'number' },
    ...{ failureReward: 'number', failureSafety: 'number', shareReward: 'switch', trade: 'switch' },
    powerFlow: 'record',
  },
  agent: { id: 'name', devices: 'list', area: 'text', tie: 'record', marginalCost: 'number' },
  tie: { source: 'text', exportFactor: 'number' },
  conditions: {
    ...{ loadScale: 'number', irradianceWPerM2: 'number', ambientC: 'number' },
    ...{ windMPerS: 'number', pricePerMwh: 'number' },
  },
  // The power flow checks what they hold.
  powerFlow: {
    ...{ method: 'anything', start: 'anything', reactiveLimits: 'anything', tolerancePu: 'anything' },
    ...{ maximumIterations: 'anything', keepFactors: 'anything' },
  },
  file: { matpower: 'text', pandapower: 'text', phaseShift: 'anything' },
} as const satisfies Record<string, Rules>;

/** Beyond these, products and quotients are no numbers any more. */
const LARGEST = 1e100;
const SMALLEST = 1e-100;

/**
 * Refuses a part of a configuration that is no object, or has a setting that is not known or of another kind.
 *
 * @param where the part in words
 * @param required settings that must be there
 * @throws GridwireError GRID_SETTING_INVALID
 */
export function checkPart(
  where: string,
  holder: unknown,
  rules: Rules,
  required: readonly string[] = [],
): void {
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) {
    throw invalid(`${where} must be an object`);
  }
  const stranger = strangerIn(holder, new Set(Object.keys(rules)));
  if (stranger !== undefined) throw invalid(`${where}: ${stranger}`);
  const given = holder as Record<string, unknown>;
  for (const [key, rule] of Object.entries(rules)) {
    const value = given[key];
    if (value === undefined && !required.includes(key)) continue;
    const expected = problemWith(value, rule);
    if (expected !== undefined) throw invalid(`${where}: ${key} must be ${expected}, found ${shown(value)}`);
  }
}

/** What a value should be, where it is not. */
function problemWith(value: unknown, rule: Rule): string | undefined {
  const number = typeof value === 'number' && Math.abs(value) <= LARGEST ? value : NaN;
  const checks: Record<Rule, [boolean, string]> = {
    anything: [true, ''],
    text: [typeof value === 'string', 'a text'],
    name: [typeof value === 'string' && value !== '', 'a text that is not empty'],
    number: [!Number.isNaN(number), 'a number'],
    positive: [number >= SMALLEST, 'a number greater than zero'],
    whole: [Number.isSafeInteger(number), 'a whole number'],
    switch: [typeof value === 'boolean', 'true or false'],
    list: [Array.isArray(value), 'a list'],
    record: [typeof value === 'object' && value !== null && !Array.isArray(value), 'an object'],
  };
  const [right, expected] = checks[rule];
  return right ? undefined : expected;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}

/** A fault of an environment (`GRID_SETTING_INVALID`). @param problem in words, with its place */
export function invalid(problem: string): GridwireError {
  return new GridwireError('GRID_SETTING_INVALID', `The grid environment is not usable: ${problem}.`, {
    details: { problem },
  });
}
