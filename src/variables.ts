import { GridwireError } from './errors.js';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${NAME}` and `${NAME:-default}` anywhere in a text, as shells and CELINE's brokers.yaml write them. An
 * empty variable counts as unset.
 * @throws GridwireError `SETTING_INVALID` for a variable that is unset and has no default
 */
export function substituteVariables(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replaceAll(VARIABLE, (_whole, name: string, fallback: string | undefined) => {
    const value = lookUp(name);
    if (value !== undefined && value !== '') return value;
    if (fallback !== undefined) return fallback;
    throw new GridwireError(
      'SETTING_INVALID',
      `The environment variable ${name} is not set. Set it, or give a default: \${${name}:-default}.`,
    );
  });
}
