import { GridwireError } from '../errors.js';
import type { ParameterData } from './contract-data.js';
import { checkParameter } from './parameter.js';

type Level = { literal: string } | { parameter: string; definition: ParameterData };

/**
 * A topic such as `sites/{siteId}/devices/{serialNumber}/telemetry`: rendered from parameters when publishing, matched
 * against a topic when receiving, and turned into a subscription filter. A placeholder fills exactly one level, so
 * that matching is the exact reverse of rendering.
 */
export class TopicTemplate {
  readonly text: string;
  private readonly levels: readonly Level[];

  /**
   * @param text template with the prefix already joined
   * @param definitions a definition for each placeholder
   * @throws GridwireError `CONTRACT_INVALID` for a placeholder without a definition or inside a level
   */
  constructor(text: string, definitions: Record<string, ParameterData>) {
    this.text = text;
    this.levels = text.split('/').map((level) => toLevel(level, text, definitions));
  }

  /** The placeholders with their definitions, in the topic's order. */
  get parameters(): { name: string; definition: ParameterData }[] {
    return this.levels.flatMap((level) =>
      'parameter' in level ? [{ name: level.parameter, definition: level.definition }] : [],
    );
  }

  /**
   * @throws GridwireError `PARAMETER_MISSING` or `IDENTIFIER_ILLEGAL`; a bad value is never repaired
   */
  render(parameters: Readonly<Record<string, string>>): string {
    return this.levels
      .map((level) =>
        'literal' in level
          ? level.literal
          : checkParameter(level.parameter, level.definition, parameters[level.parameter]),
      )
      .join('/');
  }

  /**
   * @returns the parameters; undefined if the topic is not of this form
   * @throws GridwireError `IDENTIFIER_ILLEGAL` if the form fits but a value is not allowed
   */
  match(topic: string): Record<string, string> | undefined {
    const parts = topic.split('/');
    if (parts.length !== this.levels.length) return undefined;
    for (const [index, level] of this.levels.entries()) {
      if ('literal' in level && level.literal !== parts[index]) return undefined;
    }
    const parameters: Record<string, string> = {};
    for (const [index, level] of this.levels.entries()) {
      if ('parameter' in level) {
        parameters[level.parameter] = checkParameter(level.parameter, level.definition, parts[index]);
      }
    }
    return parameters;
  }

  /** The MQTT filter that selects every topic of this form; given parameters narrow it. */
  filter(parameters: Readonly<Record<string, string>> = {}): string {
    return this.levels
      .map((level) => {
        if ('literal' in level) return level.literal;
        const value = parameters[level.parameter];
        return value === undefined ? '+' : checkParameter(level.parameter, level.definition, value);
      })
      .join('/');
  }
}

function toLevel(level: string, text: string, definitions: Record<string, ParameterData>): Level {
  const placeholder = /^\{([A-Za-z][A-Za-z0-9_]*)\}$/.exec(level)?.[1];
  if (placeholder === undefined) {
    if (/[{}+#]/.test(level)) {
      throw new GridwireError(
        'CONTRACT_INVALID',
        `The topic template "${text}" has a placeholder or wildcard inside the level "${level}"; a placeholder must be a level of its own.`,
      );
    }
    return { literal: level };
  }
  const definition = definitions[placeholder];
  if (definition === undefined) {
    throw new GridwireError(
      'CONTRACT_INVALID',
      `The topic template "${text}" uses {${placeholder}}, which the contract does not define as a parameter.`,
    );
  }
  return { parameter: placeholder, definition };
}

/** Joins a prefix and a topic by exactly one `/`. */
export function joinPrefix(prefix: string, topic: string): string {
  const head = prefix.replace(/\/+$/, '');
  return head === '' ? topic : `${head}/${topic.replace(/^\/+/, '')}`;
}
