import type { Json } from '../event.js';
import type { TimeFormat } from './time/time-format.js';
import { formatTime } from './time/timestamp.js';
import { newHex8, newUuid } from '../uuid.js';

/** What the placeholders of a member's template can refer to. */
export interface TemplateParts {
  parameters: Readonly<Record<string, string>>;
  now: number;
  timeFormat: TimeFormat | undefined;
}

/** The values of the envelope's members that are made so far, in the order of their names. */
export type MadeValues = readonly (Json | undefined)[];

/** The text of a template or of one placeholder; undefined without a value, and for an empty one. */
type Fill = (parts: TemplateParts, made: MadeValues) => string | undefined;

/**
 * Compiles a member's template; what it gives is undefined when one of its placeholders has no value.
 * @param names of the envelope's members
 */
export function compileTemplate(
  template: string,
  wireName: string | undefined,
  names: readonly string[],
): Fill {
  const pieces = template
    .split(/(\{[^}]+\})/)
    .filter((piece) => piece !== '')
    .map((piece) =>
      /^\{[^}]+\}$/.test(piece) ? compilePlaceholder(piece.slice(1, -1), wireName, names) : piece,
    );
  const [only] = pieces;
  if (pieces.length === 1 && typeof only === 'function') return only;
  return (parts, made) => {
    let text = '';
    for (const piece of pieces) {
      const value = typeof piece === 'string' ? piece : piece(parts, made);
      if (value === undefined) return undefined;
      text += value;
    }
    return text === '' ? undefined : text;
  };
}

/** @param whole what stands between the braces */
function compilePlaceholder(whole: string, wireName: string | undefined, names: readonly string[]): Fill {
  const [, kind, name = ''] = /^(parameter\.|member\.|now:)(.+)$/.exec(whole) ?? [];
  if (kind === 'parameter.') return ({ parameters }) => parameterText(parameters, name);
  if (kind === 'member.') {
    const at = names.indexOf(name);
    return (_parts, made) => (at === -1 ? undefined : memberText(made[at]));
  }
  if (kind === 'now:') return ({ now }) => formatTime(now, name as TimeFormat);
  switch (whole) {
    case 'uuid':
      return newUuid;
    case 'now':
      return ({ now, timeFormat }) => formatTime(now, timeFormat);
    case 'epochMilliseconds':
      return ({ now }) => String(now);
    case 'hex8':
      return newHex8;
    case 'wireName':
      return () => textOrNone(wireName);
    default:
      return () => undefined;
  }
}

/** What a program hands over as a parameter need not be a text; the topic refuses it. */
function parameterText(parameters: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return typeof value === 'string' ? textOrNone(value) : undefined;
}

function memberText(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? textOrNone(String(value)) : undefined;
}

function textOrNone(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
