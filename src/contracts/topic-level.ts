import { GridwireError } from '../errors.js';
import type { ParameterData } from './contract-data.js';
import { checkParameter, isAmongValues } from './parameter.js';

/** A piece of a level: fixed text, or a placeholder. */
type Piece = { text: string } | { parameter: string; definition: ParameterData };

/**
 * One level of a topic template: `devices`, `{siteId}`, `site{siteId}` or `env_{env}__action__{upstream}_to_{node}`.
 * A value that could be read back as another one (`a_to_b` in the last of these) is refused when it is written.
 */
export class TopicLevel {
  readonly pieces: readonly Piece[];
  readonly parameters: readonly { name: string; definition: ParameterData }[];
  /** The text of a level without placeholders. */
  readonly fixed: string | undefined;
  /** Whether every text has this form: one placeholder, without a list of values. */
  readonly fitsAny: boolean;
  /** The placeholder that is the whole level, as nearly all are. */
  private readonly only: { name: string; definition: ParameterData } | undefined;

  /** @throws GridwireError `CONTRACT_INVALID` for wildcards, stray braces and placeholders that touch */
  constructor(text: string, template: string, definitions: Readonly<Record<string, ParameterData>>) {
    this.pieces = text
      .split(/(\{[A-Za-z][A-Za-z0-9_]*\})/)
      .filter((piece) => piece !== '')
      .map((piece) => toPiece(piece, template, definitions));
    for (const [index, piece] of this.pieces.entries()) {
      const next = this.pieces[index + 1];
      if ('parameter' in piece && next !== undefined && 'parameter' in next) {
        throw invalid(
          template,
          `has two placeholders side by side in the level "${text}"; put a text between them`,
        );
      }
    }
    this.parameters = this.pieces.flatMap((piece) =>
      'parameter' in piece ? [{ name: piece.parameter, definition: piece.definition }] : [],
    );
    this.fixed = this.parameters.length === 0 ? text : undefined;
    this.only = this.pieces.length === 1 ? this.parameters[0] : undefined;
    this.fitsAny = this.only !== undefined && this.only.definition.values === undefined;
  }

  /** @throws GridwireError `PARAMETER_MISSING` or `IDENTIFIER_ILLEGAL`; a bad value is never repaired */
  render(parameters: Readonly<Record<string, string>>): string {
    if (this.fixed !== undefined) return this.fixed;
    if (this.only !== undefined)
      return checkParameter(this.only.name, this.only.definition, parameters[this.only.name]);
    const text = this.pieces
      .map((piece) =>
        'text' in piece
          ? piece.text
          : checkParameter(piece.parameter, piece.definition, parameters[piece.parameter]),
      )
      .join('');
    const readBack = this.valuesIn(text) ?? [];
    for (const [index, { name }] of this.parameters.entries()) {
      if (readBack[index] !== parameters[name]) throw ambiguous(name, parameters[name] ?? '', text);
    }
    return text;
  }

  /** Whether another fits exactly the same texts, with the same placeholders. */
  isSameAs(other: TopicLevel): boolean {
    return (
      this.pieces.length === other.pieces.length &&
      this.pieces.every((piece, index) => isSamePiece(piece, other.pieces[index]))
    );
  }

  /** Whether some text may fit both. */
  mayMeet(other: TopicLevel): boolean {
    if (this.fixed !== undefined) return other.fits(this.fixed);
    return other.fixed === undefined || this.fits(other.fixed);
  }

  /** Whether a level of a topic has this form. */
  fits(level: string): boolean {
    return this.only === undefined ? this.read(level, []) : isAmongValues(this.only.definition, level);
  }

  /**
   * Adds the values of the placeholders to a list, in their order and not yet checked.
   * @returns false for a level of another form
   */
  read(level: string, into: string[]): boolean {
    if (this.fixed !== undefined) return level === this.fixed;
    if (this.only !== undefined) {
      if (!isAmongValues(this.only.definition, level)) return false;
      into.push(level);
      return true;
    }
    const values = this.valuesIn(level);
    if (values === undefined) return false;
    for (const [index, { definition }] of this.parameters.entries()) {
      const value = values[index] ?? '';
      if (!isAmongValues(definition, value)) return false;
      into.push(value);
    }
    return true;
  }

  /** What selects this level in an MQTT filter: `+` unless every placeholder has a value. */
  filter(parameters: Readonly<Record<string, string>>): string {
    return this.parameters.every(({ name }) => parameters[name] !== undefined)
      ? this.render(parameters)
      : '+';
  }

  /** Whether that filter selects levels that are not of this form, or have other values. */
  isWidened(parameters: Readonly<Record<string, string>>): boolean {
    if (this.filter(parameters) !== '+') return false;
    return (
      this.pieces.length > 1 || this.parameters.some(({ definition }) => definition.values !== undefined)
    );
  }

  /**
   * The values of the placeholders, each as short as the texts between them allow. One walk without a step back: where
   * any reading fits, the one that takes each text at its first place does.
   */
  private valuesIn(level: string): string[] | undefined {
    const values: string[] = [];
    let at = 0;
    let open = false;
    for (const [index, piece] of this.pieces.entries()) {
      if (!('text' in piece)) {
        open = true;
        continue;
      }
      const isLast = index === this.pieces.length - 1;
      const found = open ? (isLast ? level.length - piece.text.length : level.indexOf(piece.text, at)) : at;
      if (found < at || !level.startsWith(piece.text, found)) return undefined;
      if (open) values.push(level.slice(at, found));
      at = found + piece.text.length;
      open = false;
    }
    if (open) values.push(level.slice(at));
    return open || at === level.length ? values : undefined;
  }
}

/** Where the level of a topic ends that begins at a place. */
export function endOfLevel(topic: string, start: number): number {
  const slash = topic.indexOf('/', start);
  return slash === -1 ? topic.length : slash;
}

function isSamePiece(one: Piece, other: Piece | undefined): boolean {
  if (other === undefined) return false;
  if ('text' in one) return 'text' in other && one.text === other.text;
  return 'parameter' in other && one.parameter === other.parameter && one.definition === other.definition;
}

function toPiece(
  piece: string,
  template: string,
  definitions: Readonly<Record<string, ParameterData>>,
): Piece {
  const name = /^\{(.*)\}$/.exec(piece)?.[1];
  if (name === undefined) {
    if (/[{}+#]/.test(piece)) throw invalid(template, `has a wildcard or a stray brace in "${piece}"`);
    return { text: piece };
  }
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  if (definition === undefined) {
    throw invalid(template, `uses {${name}}, which the contract does not define as a parameter`);
  }
  return { parameter: name, definition };
}

function invalid(template: string, reason: string): GridwireError {
  return new GridwireError('CONTRACT_INVALID', `The topic template "${template}" ${reason}.`);
}

function ambiguous(name: string, value: string, level: string): GridwireError {
  return new GridwireError(
    'IDENTIFIER_ILLEGAL',
    `"${name}" cannot be ${JSON.stringify(value)}: the topic level "${level}" would be read back as another value.`,
    { details: { parameter: name, found: value } },
  );
}
