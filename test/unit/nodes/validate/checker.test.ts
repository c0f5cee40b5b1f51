import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileChecker, messageChecker, schemaChecker } from '../../../../nodes/validate/checker.js';
import type { GridwireMessage } from '../../../../nodes/runtime/messages.js';
import { refusal } from '../../contracts/helpers/check.js';

function message(payload: unknown, more: Record<string, unknown> = {}): GridwireMessage {
  return { _msgid: '1', payload, ...more };
}

const drafts: [name: string, schema: object, valid: unknown, invalid: unknown][] = [
  [
    'draft 07, with definitions and dependencies',
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { power: { type: 'number', minimum: 0 } },
      properties: { kw: { $ref: '#/definitions/power' } },
      dependencies: { kw: ['at'] },
    },
    { kw: 1, at: 'x' },
    { kw: 1 },
  ],
  [
    '2019-09, with dependentRequired and unevaluatedProperties',
    {
      $schema: 'https://json-schema.org/draft/2019-09/schema',
      properties: { kw: { type: 'number' }, at: {} },
      dependentRequired: { kw: ['at'] },
      unevaluatedProperties: false,
    },
    { kw: 1, at: 0 },
    { kw: 1, at: 0, colour: 'red' },
  ],
  [
    '2020-12, with prefixItems',
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { pair: { prefixItems: [{ type: 'number' }, { type: 'string' }], items: false } },
    },
    { pair: [1, 'kW'] },
    { pair: [1, 'kW', 2] },
  ],
  ['no draft named: 2020-12', { prefixItems: [{ const: 1 }] }, [1], [2]],
];

describe('validate: schemas of one’s own', () => {
  for (const [name, schema, valid, invalid] of drafts) {
    it(name, () => {
      const check = schemaChecker(JSON.stringify(schema));
      assert.deepEqual(check(message(valid)).payload, valid);
      assert.equal(refusal(() => check(message(invalid))).code, 'SCHEMA_VIOLATION');
    });
  }

  it('a document that is a text stays one, though a text of the flow itself is read', () => {
    const check = schemaChecker('{"type":["string","number"]}');
    for (const text of ['45.2', 'ON', 'null', '"'])
      for (const body of [JSON.stringify(text), ` ${JSON.stringify(text)}\n`])
        assert.equal(check(message(text, { original: { body: Buffer.from(body) } })).payload, text, body);
    assert.equal(check(message('45.2', { original: { body: Buffer.from('"45.3"') } })).payload, 45.2);
    assert.equal(check(message('45.2', { original: { body: Buffer.from('45.2') } })).payload, 45.2);
    assert.equal(check(message('45.2')).payload, 45.2);
    assert.equal(refusal(() => check(message('ON'))).code, 'BODY_NOT_JSON');
  });

  it('a schema may be YAML, and a payload text, bytes or an object', () => {
    const check = schemaChecker(
      'type: object\nrequired: [kw]\nproperties:\n  kw: { type: number, x-unit: kW }\n',
    );
    for (const payload of [{ kw: 1 }, '{"kw":1}', Buffer.from('{"kw":1}')]) {
      assert.deepEqual(check(message(payload)).payload, { kw: 1 });
    }
    assert.equal(refusal(() => check(message('{"kw":'))).code, 'BODY_NOT_JSON');
    assert.equal(refusal(() => check(message({ kw: NaN }))).code, 'SCHEMA_VIOLATION');
  });

  const bad = [
    '',
    '{',
    '[]',
    '{"type":"nonsense"}',
    '{"requried":["a"]}',
    '{"$schema":"http://json-schema.org/draft-04/schema#"}',
    '{"$ref":"#/nowhere"}',
  ];
  for (const schema of bad) {
    it(`a schema that cannot be used is refused when it is deployed: ${schema || 'empty'}`, () => {
      assert.equal(refusal(() => schemaChecker(schema)).code, 'CONTRACT_INVALID');
    });
  }

  it('two schemas with the same $id do not get in each other’s way', () => {
    const one = schemaChecker('{"$id":"https://x/s","type":"object"}');
    const other = schemaChecker('{"$id":"https://x/s","type":"array"}');
    assert.ok(one(message({})));
    assert.ok(other(message([])));
  });

  it('takes the schema from the message, as an object or as text', () => {
    const check = messageChecker();
    for (const schema of [{ type: 'number' }, '{"type":"number"}']) {
      assert.equal(check(message(5, { schema })).payload, 5);
      assert.equal(refusal(() => check(message('"x"', { schema }))).code, 'SCHEMA_VIOLATION');
    }
    assert.equal(refusal(() => check(message(5))).code, 'CONTRACT_INVALID');
    const huge = { type: 'number', description: 'x'.repeat(300_000) };
    assert.equal(refusal(() => check(message(5, { schema: huge }))).code, 'CONTRACT_INVALID');
  });

  it('takes the schema from a file, and says why it cannot', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gridwire-validate-'));
    const file = path.join(folder, 'schema.json');
    try {
      writeFileSync(file, '{"type":"number"}');
      assert.equal(fileChecker(file)(message(5)).payload, 5);
      assert.equal(refusal(() => fileChecker(path.join(folder, 'none.json'))).code, 'SETTING_INVALID');
      writeFileSync(file, '{');
      assert.equal(refusal(() => fileChecker(file)).code, 'CONTRACT_INVALID');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
