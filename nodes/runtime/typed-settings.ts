import type { Node, NodeAPI } from 'node-red';
import { GridwireError } from '../../src/errors.js';
import { hasVariable } from '../../src/variables.js';
import { Settings } from './settings.js';

/** What the editor has in a password field that nobody has touched. */
const UNTOUCHED = '__PWRD__';
const MOST = 100;
const LONGEST = 5_000;

type Values = Record<string, string | number | boolean>;

/**
 * The settings of a config node as they are typed into its panel, before any deploy. What the deployed node has and the
 * person need not know, a stored password or a variable's value, is used only as long as it goes where it goes already.
 * @param body `{ id, settings, credentials }` of the editor
 * @param address the fields that say where the settings lead
 * @throws GridwireError `SETTING_INVALID`
 */
export function typedSettings(
  RED: NodeAPI,
  type: string,
  body: Record<string, unknown>,
  address: readonly string[],
): { settings: Settings; values: Values; id: string } {
  const id = typeof body['id'] === 'string' ? body['id'].slice(0, 100) : '';
  const values = valuesOf(body['settings']);
  const typed = valuesOf(body['credentials']);
  const deployed = deployedConfig(RED, type, id);
  const isSamePlace =
    deployed !== undefined && address.every((field) => text(deployed[field]) === text(values[field]));
  const stored = (isSamePlace ? RED.nodes.getCredentials(id) : undefined) as Values | null | undefined;
  const credentials: Values = {};
  for (const [field, value] of Object.entries(typed)) {
    const known = stored?.[field];
    if (value === UNTOUCHED && known === undefined) {
      throw new GridwireError(
        'SETTING_INVALID',
        'Type the password again: the stored one is only sent to the server that it was stored for.',
      );
    }
    credentials[field] = value === UNTOUCHED ? (known ?? '') : value;
    if (isUnknownVariable(value, known)) throw unknownVariable(field);
  }
  for (const [field, value] of Object.entries(values))
    if (isUnknownVariable(value, isSamePlace ? deployed[field] : undefined)) throw unknownVariable(field);
  const node = Object.create(RED.nodes.getNode(id), {
    credentials: { value: credentials },
  }) as Node;
  return { settings: new Settings(RED, node, values), values, id };
}

/** A variable that is deployed with this node is no secret of its own. */
function isUnknownVariable(value: unknown, deployed: unknown): boolean {
  return typeof value === 'string' && hasVariable(value) && value !== deployed;
}

function unknownVariable(field: string): GridwireError {
  return new GridwireError(
    'SETTING_INVALID',
    `"${field}" has a variable, which is filled in when the node is deployed: deploy it first, or type the value in to try it.`,
  );
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

function valuesOf(given: unknown): Values {
  const entries = Object.entries(given ?? {}) as [string, unknown][];
  const isUsable = (value: unknown): value is Values[string] =>
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    (typeof value === 'string' && value.length <= LONGEST);
  if (entries.length <= MOST && entries.every(([, value]) => isUsable(value)))
    return Object.fromEntries(entries) as Values;
  throw new GridwireError('SETTING_INVALID', 'The settings must be texts, numbers, and true or false.');
}

function deployedConfig(RED: NodeAPI, type: string, id: string): Record<string, unknown> | undefined {
  let found: Record<string, unknown> | undefined;
  RED.nodes.eachNode((config) => {
    if (config.id === id && config.type === type) found = config as unknown as Record<string, unknown>;
  });
  return found;
}
