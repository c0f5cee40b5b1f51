import { BOUNDS } from '../bounds.js';
import { GridwireError } from '../errors.js';
import type { ParameterData } from './contract-data.js';
import { checkParameter, sameParameter } from './parameter.js';
import { TopicLevel, endOfLevel } from './topic-level.js';

/**
 * A topic such as `sites/{siteId}/devices/{serialNumber}/telemetry`: rendered from parameters when publishing, matched
 * against a topic when receiving, and turned into a subscription filter. Matching is the exact reverse of rendering.
 */
export class TopicTemplate {
  readonly text: string;
  /** The placeholders with their definitions, in the topic's order. */
  readonly parameters: readonly { name: string; definition: ParameterData }[];
  readonly levels: readonly TopicLevel[];
  /** What a topic is put together of: texts, slashes included, and the levels that have placeholders. */
  private readonly pieces: (string | TopicLevel)[] = [];
  /** The broker's own topics begin with it. */
  private readonly mayBeginWithDollar: boolean;

  /**
   * @param text template with the prefix already joined
   * @param definitions a definition for each placeholder
   * @throws GridwireError `CONTRACT_INVALID` for a placeholder without a definition, or one that cannot be read back
   */
  constructor(text: string, definitions: Readonly<Record<string, ParameterData>>) {
    if (text.length > BOUNDS.templateCharacters) {
      const reason = `has more than ${BOUNDS.templateCharacters} characters`;
      throw new GridwireError('CONTRACT_INVALID', `The topic template "${text.slice(0, 80)}…" ${reason}.`);
    }
    this.text = text;
    this.levels = text.split('/').map((level) => new TopicLevel(level, text, definitions));
    this.parameters = this.levels.flatMap((level) => level.parameters);
    this.mayBeginWithDollar = this.levels[0]?.fixed === undefined && !text.startsWith('$');
    let fixed = '';
    for (const [index, level] of this.levels.entries()) {
      if (index > 0) fixed += '/';
      if (level.fixed === undefined) {
        this.pieces.push(fixed, level);
        fixed = '';
      } else fixed += level.fixed;
    }
    this.pieces.push(fixed);
  }

  /**
   * @throws GridwireError `PARAMETER_MISSING` for all that are missing, or `IDENTIFIER_ILLEGAL`; a bad value is never
   *   repaired
   */
  render(parameters: Readonly<Record<string, string>>): string {
    if (this.parameters.length === 0) return this.text;
    this.refuseMissing(parameters);
    let topic = '';
    for (const piece of this.pieces) topic += typeof piece === 'string' ? piece : piece.render(parameters);
    if (this.mayBeginWithDollar && topic.startsWith('$')) {
      throw new GridwireError(
        'IDENTIFIER_ILLEGAL',
        `The topic ${JSON.stringify(topic.slice(0, 120))} would begin with $, which belongs to the broker.`,
        { details: { topic } },
      );
    }
    return topic;
  }

  /** Who fills in one value after the other wants to know of all of them at once. */
  private refuseMissing(given: Readonly<Record<string, string>>): void {
    let count = 0;
    for (const { name } of this.parameters) if ((given[name] ?? '') === '') count += 1;
    if (count < 2) return;
    const missing = this.parameters.filter(({ name }) => (given[name] ?? '') === '');
    const list = missing.map(({ name, definition }) => `"${name}" (${definition.description})`).join(', ');
    throw new GridwireError(
      'PARAMETER_MISSING',
      `The topic needs values for ${list}, and the message has none.`,
      { details: { parameters: missing.map(({ name }) => name) } },
    );
  }

  /** Whether a topic has this form, whatever its values are. */
  fits(topic: string): boolean {
    return this.valuesIn(topic) !== undefined;
  }

  /**
   * @returns the parameters; undefined if the topic is not of this form
   * @throws GridwireError `PARAMETER_MISSING` or `IDENTIFIER_ILLEGAL` if the form fits but a value is not allowed
   */
  match(topic: string): Record<string, string> | undefined {
    const values = this.valuesIn(topic);
    if (values === undefined) return undefined;
    const parameters: Record<string, string> = {};
    let index = 0;
    for (const { name, definition } of this.parameters)
      parameters[name] = checkParameter(name, definition, values[index++]);
    return parameters;
  }

  /**
   * Whether a topic of this form has these values for its parameters.
   * @throws GridwireError `PARAMETER_MISSING` or `IDENTIFIER_ILLEGAL` if a value in it is not allowed
   */
  has(topic: string, values: Readonly<Record<string, string>>): boolean {
    const found = this.match(topic);
    if (found === undefined) return false;
    return this.parameters.every(({ name, definition }) => {
      const [wanted, value = ''] = [values[name], found[name]];
      return wanted === undefined || sameParameter(definition, wanted, value);
    });
  }

  /** The values of the placeholders, not yet checked; undefined for a topic of another form. */
  private valuesIn(topic: string): readonly string[] | undefined {
    if (this.parameters.length === 0) return topic === this.text ? [] : undefined;
    if (topic.length > BOUNDS.topicBytes) return undefined;
    const found: string[] = [];
    let at = 0;
    for (const piece of this.pieces) {
      if (typeof piece === 'string') {
        if (!topic.startsWith(piece, at)) return undefined;
        at += piece.length;
      } else {
        const end = endOfLevel(topic, at);
        if (!piece.read(topic.slice(at, end), found)) return undefined;
        at = end;
      }
    }
    return at === topic.length ? found : undefined;
  }

  /** Whether some topic may have the form of both. */
  mayMeet(other: TopicTemplate): boolean {
    return (
      this.levels.length === other.levels.length &&
      this.levels.every((level, index) => level.mayMeet(other.levels[index] as TopicLevel))
    );
  }

  /** The MQTT filter that selects every topic of this form; given parameters narrow it. */
  filter(parameters: Readonly<Record<string, string>> = {}): string {
    return this.levels.map((level) => level.filter(parameters)).join('/');
  }

  /** Whether that filter also selects topics that are not of this form, or have other values. */
  isWidened(parameters: Readonly<Record<string, string>> = {}): boolean {
    return this.levels.some((level) => level.isWidened(parameters));
  }
}

/**
 * A prefix and a topic, with a `/` between them whether or not the prefix ends with one. The topic stays as it is: `/a` and
 * `a` are two topics, also below a prefix.
 */
export function joinPrefix(prefix: string, topic: string): string {
  return headOf(prefix) + topic;
}

/** The same for the filter of a subscription; of a shared one the group stays in front. */
export function joinFilterPrefix(prefix: string, filter: string): string {
  const [group = ''] = /^\$share\/[^/]+\//.exec(filter) ?? [];
  return group + joinPrefix(prefix, filter.slice(group.length));
}

/** The reverse, for a topic that has the prefix. */
export function withoutPrefix(topic: string, prefix: string): string {
  return topic.slice(headOf(prefix).length);
}

function headOf(prefix: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}
