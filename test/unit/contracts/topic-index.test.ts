import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Contract } from '../../../src/contracts/contract.js';
import type { ParameterData } from '../../../src/contracts/contract-data.js';
import type { EventType } from '../../../src/contracts/event-type.js';
import { contracts } from '../../../src/contracts/library/built-in.js';
import { taylordash } from '../../../src/contracts/taylordash/contract.js';
import { TopicIndex } from '../../../src/contracts/topic-index.js';
import { TopicTemplate } from '../../../src/contracts/topic-template.js';

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}-]/g, String.raw`\$&`);
}

/** The form of a type's topic as one expression, independent of the code under test. */
function expressionOf({ text, parameters }: TopicTemplate): RegExp {
  const definitions = new Map(parameters.map(({ name, definition }) => [name, definition]));
  const pieces = text.split(/(\{[^}]*\})/).map((piece) => {
    if (!piece.startsWith('{')) return escaped(piece);
    const { values, anyCase } = definitions.get(piece.slice(1, -1)) ?? {};
    if (values === undefined) return '[^/]*?';
    return anyCase === true
      ? `(?i:${values.map(escaped).join('|')})`
      : `(?:${values.map(escaped).join('|')})`;
  });
  return new RegExp(`^${pieces.join('')}$`, 's');
}

/** The rule, asked of each type: of those that fit, the ones with the fewest placeholders, in their order. */
function plainly(types: readonly EventType[]): (topic: string) => EventType[] {
  const forms = types.map((type) => ({ type, expression: expressionOf(type.topic) }));
  return (topic) => {
    const fitting = forms.filter(({ expression }) => expression.test(topic)).map(({ type }) => type);
    const fewest = Math.min(...fitting.map(({ topic: { parameters } }) => parameters.length));
    return fitting.filter(({ topic: { parameters } }) => parameters.length === fewest);
  };
}

const hostile = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '',
    't1',
    't2',
    'bms',
    'BMS',
    'a_to_b',
    '__proto__',
    '\ud800',
    '{env}',
    'x'.repeat(300),
    '/',
    '//',
  ),
);

/** Topics of levels that the templates have, with anything for their placeholders, and too few or too many of them. */
function topicsLike(templates: readonly string[]): fc.Arbitrary<string> {
  const filled = (text: string): fc.Arbitrary<string> => {
    const pieces = text.split(/(\{[^}]*\})/);
    return fc
      .tuple(...pieces.map((piece) => (piece.startsWith('{') ? hostile : fc.constant(piece))))
      .map((parts) => parts.join(''));
  };
  const whole = fc.constantFrom(...new Set(templates)).chain(filled);
  const levels = new Set(templates.flatMap((text) => text.split('/')));
  const level = fc.oneof(fc.constantFrom(...levels).chain(filled), hostile);
  const mixed = fc.array(level, { maxLength: 6 }).map((parts) => parts.join('/'));
  const beyond = fc.tuple(whole, fc.constantFrom('/', '/x', 'x')).map(([topic, more]) => topic + more);
  const within = fc.tuple(whole, fc.nat(60)).map(([topic, length]) => topic.slice(0, length));
  return fc.oneof(whole, mixed, beyond, within);
}

describe('the types of a topic', () => {
  for (const data of Object.values(contracts)) {
    for (const dialect of ['documented', ...Object.keys(data.dialects)]) {
      it(`are those that the rule names (${data.name}, ${dialect})`, () => {
        for (const prefix of ['', 'plant/7/']) {
          const { types } = new Contract(data, { dialect, prefix });
          const [index, rule] = [new TopicIndex(types), plainly(types)];
          fc.assert(
            fc.property(topicsLike(types.map(({ topic }) => topic.text)), (topic) => {
              assert.deepEqual(namesOf(index.find(topic)), namesOf(rule(topic)));
              assertFound(index, types, topic);
            }),
            { numRuns: 500 },
          );
        }
      });
    }
  }

  it('need not be looked up but for a type whose topics may be those of one with fewer placeholders', () => {
    const { types } = new Contract(taylordash);
    const index = new TopicIndex(types);
    const lookedUp = types.filter((type) => !index.isAlwaysFound(type));
    assert.deepEqual(namesOf(lookedUp), ['event', 'command', 'metric']);
  });

  it('are those that the rule names for any templates, also ones that are as specific or have many texts', () => {
    const any: ParameterData = { description: 'x', kind: 'identifier' };
    const definitions: Record<string, ParameterData> = {
      ...{ a: any, b: any, c: any },
      few: { ...any, values: ['t1', 't2'] },
      either: { ...any, values: ['T1', 'x'], anyCase: true },
    };
    const texts = Array.from({ length: 12 }, (_, index) => `t${index}`);
    const level = fc.constantFrom(...texts, '', '{a}', '{b}', '{c}', 't{a}', '{a}_{b}', '{few}', '{either}');
    const anything = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
    const template = fc.oneof(anything, fc.constantFrom('t1/{a}', '{b}/t2', '{c}/t2'));
    const both = fc
      .array(template, { minLength: 1, maxLength: 40 })
      .chain((templates) =>
        fc.tuple(fc.constant(templates), fc.array(topicsLike(templates), { maxLength: 20 })),
      );
    fc.assert(
      fc.property(both, ([templates, topics]) => {
        const types = templates.map((text, index) =>
          typeOf(String(index), new TopicTemplate(text, definitions)),
        );
        const [index, rule] = [new TopicIndex(types), plainly(types)];
        for (const topic of topics) {
          assert.deepEqual(namesOf(index.find(topic)), namesOf(rule(topic)), JSON.stringify(topic));
          assertFound(index, types, topic);
          for (const type of types)
            assert.equal(type.topic.fits(topic), expressionOf(type.topic).test(topic), JSON.stringify(topic));
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A type that is said to be found for each of its topics is found for this one, too. */
function assertFound(index: TopicIndex, types: readonly EventType[], topic: string): void {
  for (const type of types)
    if (index.isAlwaysFound(type) && type.topic.fits(topic))
      assert.ok(index.find(topic).includes(type), `${type.name} is not found for ${JSON.stringify(topic)}`);
}

function typeOf(name: string, topic: TopicTemplate): EventType {
  return { name, topic } as unknown as EventType;
}

function namesOf(types: readonly EventType[]): string[] {
  return types.map(({ name }) => name);
}
