import type { TopicTemplate } from '../../src/contracts/topic-template.js';
import type { Settings } from '../runtime/settings.js';

/** A row of the panel's list. */
interface Row {
  name?: unknown;
  value?: unknown;
  /** `str` and `num` (with variables), or `env`, the name of a variable. */
  type?: unknown;
}

/** Values for a topic's parameters that are known at deploy time (field `parameters`). */
export function parameterSettings(settings: Settings, topic: TopicTemplate): Record<string, string> {
  const known = topic.parameters.map(({ name }) => name);
  const fixed: Record<string, string> = {};
  for (const { name, value, type } of settings.rows<Row>('parameters')) {
    if (name === undefined || name === '') continue;
    // Left out, it would widen the subscription.
    if (typeof name !== 'string' || (typeof value !== 'string' && typeof value !== 'number'))
      settings.fault('parameters', 'each needs a name, and a value that is text or a number.');
    else if (known.includes(name))
      fixed[name] = settings.fill('parameters', type === 'env' ? `\${${value}}` : String(value));
    else settings.fault('parameters', `"${name}" is no parameter of the topic; it has ${known.join(', ')}.`);
  }
  return fixed;
}
