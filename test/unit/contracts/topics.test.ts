import assert from 'node:assert/strict';
import fc from 'fast-check';
import { filterMatches } from '../../../src/brokers/topic-filter.js';
import { contracts } from '../../../src/contracts/library/built-in.js';
import { Contract } from '../../../src/contracts/contract.js';
import { TopicTemplate } from '../../../src/contracts/topic-template.js';
import { failureHeaders } from '../../../src/delivery/letters/headers/dialects.js';
import { trustedLetter } from '../../../src/delivery/letters/trusted-letter.js';
import { GridwireError } from '../../../src/errors.js';
import { inbound, refusal } from './helpers/check.js';

/** Texts as an attacker or a broken device would choose them, among ordinary ones. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom(
    '',
    '+',
    '#',
    'a/b',
    '../x',
    '\u0000',
    'a\u0007',
    ' a',
    'a ',
    '\ud800',
    '$SYS',
    '__proto__',
    'constructor',
    '{env}',
    'a__b',
    'a_to_b',
    'site1',
    'x'.repeat(300),
    '%2f',
    'AA:BB:CC:DD:EE:FF',
    '42',
  ),
);

describe('a site beyond all sites', () => {
  const contract = new Contract(contracts['ecogrid-ems']!);

  it('is refused with how many digits there may be', () => {
    const parse = (): unknown =>
      contract.parse(inbound('sites/9007199254740993/devices/A/telemetry', { kw: 1 }));
    const { code, message } = refusal(parse);
    assert.equal(code, 'IDENTIFIER_ILLEGAL');
    assert.match(
      message,
      /must be a whole number without sign, of at most 15 digits; found "9007199254740993"/,
    );
  });
});

describe('where letters lie', () => {
  for (const system of Object.values(contracts)) {
    for (const dialect of ['documented', ...Object.keys(system.dialects)]) {
      it(`no event of ${system.name} (${dialect}) does, and everybody knows the place`, () => {
        for (const prefix of ['', 'plant', 'a/b/0']) {
          const contract = new Contract(system, { dialect, prefix });
          for (const { name, data } of contract.types) {
            const { example, exampleParameters = {}, exampleMembers = {} } = data;
            const parts = { payload: example, parameters: exampleParameters, members: exampleMembers };
            const { topic } = contract.build(name, parts);
            const place = contract.deadLetterTopic(topic);
            const taking = contract.types.filter((each) => each.topic.fits(place));
            assert.deepEqual(taking, [], `${name}: ${place}`);
            const headers = failureHeaders({ topic, reason: 'no' });
            const letter = { topic: place, headers, body: Buffer.alloc(0) };
            assert.equal(trustedLetter(letter, contract)?.failure.topic, topic, place);
          }
        }
      });
    }
  }
});

describe('where letters of odd topics lie', () => {
  it('has every character of them', () => {
    for (const topic of ["a$$b$&c$'d", 'a{topic}b', '{topicFlat}/x', '$1']) {
      const flat = topic.replaceAll('/', '_');
      assert.equal(new Contract(contracts['ecogrid-ems']!).deadLetterTopic(topic), `${topic}-dlt`);
      assert.equal(new Contract(contracts['taylordash']!).deadLetterTopic(topic), `tracker/dlq/${flat}`);
    }
  });
});

describe('topics: rendered, then read back', () => {
  for (const data of Object.values(contracts)) {
    for (const dialect of ['documented', ...Object.keys(data.dialects)]) {
      const contract = new Contract(data, { dialect });
      for (const type of contract.types.filter(({ topic }) => topic.parameters.length > 0)) {
        it(`${data.name}, ${dialect}, ${type.name}: the parameters come back, or are refused with a code`, () => {
          const names = type.topic.parameters.map(({ name }) => name);
          const values = fc.record(Object.fromEntries(names.map((name) => [name, hostile])));
          fc.assert(
            fc.property(values, (parameters) => {
              let topic: string;
              try {
                topic = type.topic.render(parameters);
              } catch (error) {
                assert.ok(error instanceof GridwireError);
                assert.ok(['IDENTIFIER_ILLEGAL', 'PARAMETER_MISSING'].includes(error.code));
                return;
              }
              assert.deepEqual(type.topic.match(topic), { ...parameters });
              assert.ok(filterMatches(type.topic.filter(), topic), topic);
              assert.ok(filterMatches(type.topic.filter(parameters), topic), topic);
              assert.doesNotMatch(topic, /[+#]|\p{Cc}/u);
              assert.equal(topic.split('/').length, type.topic.text.split('/').length);
            }),
            { numRuns: 200 },
          );
        });
      }
    }
  }
});

describe('topics: reading what anybody may publish', () => {
  const templates = Object.values(contracts).flatMap((data) =>
    new Contract(data).types.map(({ topic }) => topic),
  );

  it('any topic is matched, not matched, or refused with a code', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 6 }), (levels) => {
        for (const template of templates) {
          try {
            const parameters = template.match(levels.join('/'));
            if (parameters !== undefined) assert.equal(template.render(parameters), levels.join('/'));
          } catch (error) {
            assert.ok(error instanceof GridwireError);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('topics: templates', () => {
  const text = { description: 'x', kind: 'identifier' } as const;

  it('a template that cannot be read back, or uses what is not defined, is refused', () => {
    for (const template of ['a/{b}{c}', 'a/+/b', 'a/#', 'a/{unknown}', 'a/{b', 'a/{constructor}']) {
      assert.equal(
        refusal(() => new TopicTemplate(template, { b: text, c: text })).code,
        'CONTRACT_INVALID',
        template,
      );
    }
  });

  it('a topic that would begin with $ is refused', () => {
    const template = new TopicTemplate('{env}/actions', { env: text });
    assert.equal(refusal(() => template.render({ env: '$SYS' })).code, 'IDENTIFIER_ILLEGAL');
  });

  it('given parameters narrow the filter', () => {
    const template = new TopicTemplate('a/{b}/site{c}/d', { b: text, c: text });
    assert.equal(template.filter({ c: '1' }), 'a/+/site1/d');
    assert.equal(template.filter(), 'a/+/+/d');
  });
});

describe('topics: levels with several placeholders', () => {
  const identifier = { description: 'x', kind: 'identifier' } as const;
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const definitions = Object.fromEntries(names.map((name) => [name, identifier]));

  it('matches as the pattern of old did, which went back and forth', () => {
    const texts = fc.constantFrom('-', '_to_', 'x', '__', 'ab', 'ba', 'a');
    const level = fc.array(texts, { minLength: 1, maxLength: 4 });
    const topic = fc.array(fc.constantFrom('-', '_to_', 'x', '__', 'a', 'b', '_', 't', 'o'), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(fc.boolean(), level, fc.boolean(), topic, (starts, between, ends, parts) => {
        const pieces = between.flatMap((text, index) => [
          ...(index > 0 || starts ? [`{${names[index]}}`] : []),
          text,
        ]);
        if (ends) pieces.push('{f}');
        const template = new TopicTemplate(pieces.join(''), definitions);
        const escaped = pieces.map((piece) => (piece.startsWith('{') ? '(.*?)' : piece));
        const found = new RegExp(`^${escaped.join('')}$`, 's').exec(parts.join(''))?.slice(1);
        assert.equal(template.fits(parts.join('')), found !== undefined);
        const usable = found?.every((value) => value !== '') === true;
        if (usable) assert.deepEqual(Object.values(template.match(parts.join('')) ?? {}), found);
      }),
      { numRuns: 2_000 },
    );
  });

  it('decides about a topic made to be slow, and about one that is too long', () => {
    const template = new TopicTemplate('{a}-{b}-{c}-{d}-{e}-x', definitions);
    assert.equal(template.fits('-'.repeat(60_000)), false);
    assert.equal(template.fits(`${'-'.repeat(59_000)}-x`), true);
    assert.equal(template.fits(`${'-'.repeat(70_000)}-x`), false);
    assert.equal(template.fits('/'.repeat(60_000)), false);
    assert.equal(refusal(() => new TopicTemplate('{'.repeat(100_000), {})).code, 'CONTRACT_INVALID');
  });
});

describe('a topic with several parameters', () => {
  it('names all that are missing at once, with what they are', () => {
    const contract = new Contract(contracts['ecogrid-ems']!);
    const error = refusal(() => contract.type('telemetry').topic.render({}));
    assert.equal(error.code, 'PARAMETER_MISSING');
    assert.match(error.message, /"siteId" \(.+\), "serialNumber" \(/);
    assert.match(
      refusal(() => contract.type('telemetry').topic.render({ siteId: '1' })).message,
      /"serialNumber"/,
    );
  });
});
