import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../event.js';
import type { TimeFormat } from './time/time-format.js';
import { formatTime } from './time/timestamp.js';

/** What the placeholders of a member's template can refer to. */
export interface TemplateParts {
  parameters: Readonly<Record<string, string>>;
  now: number;
  timeFormat?: TimeFormat;
}

/** The text of a template or of one placeholder; undefined without a value. The document is what is written so far. */
type Fill = (parts: TemplateParts, document: JsonObject) => string | undefined;

/** Compiles a member's template; what it gives is undefined when one of its placeholders has no value. */
export function compileTemplate(template: string, wireName: string | undefined): Fill {
  const pieces = template
    .split(/(\{[^}]+\})/)
    .filter((piece) => piece !== '')
    .map((piece) => (/^\{[^}]+\}$/.test(piece) ? compilePlaceholder(piece.slice(1, -1), wireName) : piece));
  return (parts, document) => {
    let text = '';
    for (const piece of pieces) {
      const value = typeof piece === 'string' ? piece : (piece(parts, document) ?? '');
      if (value === '') return undefined;
      text += value;
    }
    return text;
  };
}

/** @param whole what stands between the braces */
function compilePlaceholder(whole: string, wireName: string | undefined): Fill {
  const [, kind, name = ''] = /^(parameter\.|member\.|now:)(.+)$/.exec(whole) ?? [];
  if (kind === 'parameter.') return ({ parameters }) => parameterText(parameters, name);
  if (kind === 'member.') return (_parts, document) => memberText(document, name);
  if (kind === 'now:') return ({ now }) => formatTime(now, name as TimeFormat);
  switch (whole) {
    case 'uuid':
      return () => randomUUID();
    case 'now':
      return ({ now, timeFormat }) => formatTime(now, timeFormat);
    case 'epochMilliseconds':
      return ({ now }) => String(now);
    case 'hex8':
      // The first eight digits of a random UUID are all random, and many UUIDs are made at once.
      return () => randomUUID().slice(0, 8);
    case 'wireName':
      return () => wireName;
    default:
      return () => undefined;
  }
}

/** What a program hands over as a parameter need not be a text; the topic refuses it. */
function parameterText(parameters: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = own(parameters, name);
  return typeof value === 'string' ? value : undefined;
}

function memberText(document: JsonObject, name: string): string | undefined {
  const value = own(document, name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
