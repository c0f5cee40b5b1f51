import { GridwireError } from './errors.js';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${NAME}` and `${NAME:-default}` anywhere in a text, as shells and CELINE's brokers.yaml write them. An
 * empty variable counts as unset.
 * @param otherwise what takes the place of a variable that is unset and has no default; without it that is refused
 * @throws GridwireError `SETTING_INVALID` for such a variable
 */
export function substituteVariables(
  text: string,
  lookUp: (name: string) => string | undefined,
  otherwise?: string,
): string {
  const { whole, rest } = split(text);
  const filled = whole.replaceAll(VARIABLE, (_whole, name: string, fallback: string | undefined) => {
    const value = lookUp(name);
    if (value !== undefined && value !== '') return value;
    const instead = fallback ?? otherwise;
    if (instead !== undefined) return instead;
    throw new GridwireError(
      'SETTING_INVALID',
      `The environment variable ${name} is not set. Set it, or give a default: \${${name}:-default}.`,
    );
  });
  return filled + rest;
}

/** Whether a text names a variable. */
export function hasVariable(text: string): boolean {
  return split(text).whole.search(VARIABLE) !== -1;
}

/** Up to the last brace that closes one, and what follows: what opens there would be looked through again and again. */
function split(text: string): { whole: string; rest: string } {
  const end = text.lastIndexOf('}') + 1;
  return { whole: text.slice(0, end), rest: text.slice(end) };
}
