import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../event.js';
import type { EventTypeData } from './contract-data.js';
import { remembered } from '../once.js';
import type { TimeFormat } from './time/time-format.js';
import { formatTime } from './time/timestamp.js';

/** What the placeholders of a member's template can refer to. */
export interface TemplateContext {
  type: EventTypeData;
  parameters: Readonly<Record<string, string>>;
  /** The document so far: the members written before this one. */
  document: JsonObject;
  now: number;
  timeFormat?: TimeFormat;
}

/** Fills a member's template; undefined when one of its placeholders has no value. */
export function fillTemplate(template: string, context: TemplateContext): string | undefined {
  let text = '';
  for (const piece of piecesOf(template)) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    const value = placeholderValue(piece, context) ?? '';
    if (value === '') return undefined;
    text += value;
  }
  return text;
}

/** What stands between braces: of what kind it is, and which one. */
interface Placeholder {
  whole: string;
  kind: string | undefined;
  name: string;
}

/** A template as fixed texts and placeholders in turn. */
const piecesOf = remembered((template): (string | Placeholder)[] =>
  template
    .split(/(\{[^}]+\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      if (!/^\{[^}]+\}$/.test(piece)) return piece;
      const whole = piece.slice(1, -1);
      const [, kind, name = ''] = /^(parameter\.|member\.|now:)(.+)$/.exec(whole) ?? [];
      return { whole, kind, name };
    }),
);

function placeholderValue({ whole, kind, name }: Placeholder, context: TemplateContext): string | undefined {
  if (kind === 'parameter.') {
    // What a program hands over as a parameter need not be a text; the topic refuses it.
    const value: unknown = own(context.parameters, name);
    return typeof value === 'string' ? value : undefined;
  }
  if (kind === 'now:') return formatTime(context.now, name as TimeFormat);
  if (kind === 'member.') {
    const value = own(context.document, name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }
  switch (whole) {
    case 'uuid':
      return randomUUID();
    case 'now':
      return formatTime(context.now, context.timeFormat);
    case 'epochMilliseconds':
      return String(context.now);
    case 'hex8':
      // The first eight digits of a random UUID are all random, and many UUIDs are made at once.
      return randomUUID().slice(0, 8);
    case 'wireName':
      return context.type.wireName;
    default:
      return undefined;
  }
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
