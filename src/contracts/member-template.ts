import { randomBytes, randomUUID } from 'node:crypto';
import type { JsonObject } from '../event.js';
import type { EventTypeData } from './contract-data.js';
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
  const missing: string[] = [];
  const text = template.replaceAll(/\{([^}]+)\}/g, (_whole, placeholder: string) => {
    const value = placeholderValue(placeholder, context) ?? '';
    if (value === '') missing.push(placeholder);
    return value;
  });
  return missing.length > 0 ? undefined : text;
}

function placeholderValue(placeholder: string, context: TemplateContext): string | undefined {
  const [, kind, name = ''] = /^(parameter\.|member\.|now:)(.+)$/.exec(placeholder) ?? [];
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
  switch (placeholder) {
    case 'uuid':
      return randomUUID();
    case 'now':
      return formatTime(context.now, context.timeFormat);
    case 'epochMilliseconds':
      return String(context.now);
    case 'hex8':
      return randomBytes(4).toString('hex');
    case 'wireName':
      return context.type.wireName;
    default:
      return undefined;
  }
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
