import assert from 'node:assert/strict';
import v8 from 'node:v8';
import vm from 'node:vm';
import fc from 'fast-check';
import { importContract } from '../../../src/contracts/asyncapi/import.js';
import { compileSchema } from '../../../src/contracts/schemas.js';
import type { Json, JsonObject } from '../../../src/event.js';
import { refusal } from './helpers/check.js';

const check = (schema: JsonObject, value: Json): boolean => compileSchema(schema, 'test')(value).length === 0;

describe('hostile schemas', () => {
  const async: JsonObject[] = [
    { $async: true },
    { $async: false },
    { properties: { a: { $async: true } } },
    { properties: { properties: { $async: true } } },
    { allOf: [{ $async: true }] },
    { $defs: { a: { $async: true } }, $ref: '#/$defs/a' },
    { default: { a: { $async: true } }, $ref: '#/default/a' },
    { 'x-any': [{ $async: true }], $ref: '#/x-any/0' },
    { $schema: 'http://json-schema.org/draft-07/schema#', if: { not: { $async: true } } },
  ];
  for (const schema of async) {
    it(`refuses $async in ${JSON.stringify(schema)}`, () => {
      const error = refusal(() => compileSchema(schema, 'test'));
      assert.equal(error.code, 'CONTRACT_INVALID');
      assert.match(error.message, /\$async/);
    });
  }

  for (const [schema, value] of [
    [{ const: { a: 1 } }, { toString: 1 }],
    [{ enum: [{ a: 1 }, 2] }, { valueOf: 1 }],
  ] as const) {
    it(`refuse ${JSON.stringify(value)} by ${JSON.stringify(schema)}: a member stands where a method is called`, () => {
      const error = refusal(() => check(schema as unknown as JsonObject, value));
      assert.deepEqual([error.code, error.fault], ['SCHEMA_VIOLATION', 'permanent']);
    });
  }

  it('tells the first faults of a document that has millions of them, and keeps no others', () => {
    const anyOf = Array.from({ length: 2_000 }, (_each, index) => ({ const: index }));
    const violations = compileSchema({ type: 'array', items: { anyOf } }, 'test')(Array(9_900).fill('x'));
    assert.equal(violations.length, 20);
    assert.ok(violations.every(({ path }) => path === '/0'));
  });

  it('refuses $async in an imported contract', () => {
    const document = {
      asyncapi: '3.0.0',
      info: { title: 't', version: '1' },
      channels: {
        c: { address: 'c', messages: { m: { payload: { type: 'object', not: { $async: true } } } } },
      },
    };
    assert.match(refusal(() => importContract(JSON.stringify(document))).message, /\$async/);
  });

  it("does not let one schema take the place of JSON Schema's own for all others", () => {
    for (const $id of [
      'https://json-schema.org/draft/2020-12/schema',
      'http://json-schema.org/draft-07/schema#',
    ]) {
      assert.equal(refusal(() => compileSchema({ $id }, 'test')).code, 'CONTRACT_INVALID');
      assert.equal(
        refusal(() => compileSchema({ properties: { a: { $id } } }, 'test')).code,
        'CONTRACT_INVALID',
      );
    }
    const $schema = 'https://json-schema.org/draft/2020-12/schema';
    assert.ok(check({ $schema, type: 'number' }, 1));
  });

  it('refuses at once a schema whose check no engine can compile, instead of trying again for each document', () => {
    const properties = Object.fromEntries(
      Array.from({ length: 6_000 }, (_, index) => [`p${index}`, { type: 'number' }]),
    );
    const error = refusal(() => compileSchema({ properties }, 'test'));
    assert.equal(error.code, 'CONTRACT_INVALID');
    assert.match(error.message, /split it/);
  });

  it('counts a call of a large schema for more than one of a small schema', () => {
    const twice = (keywords: number): JsonObject => {
      const a: JsonObject = { properties: { a: { $ref: '#/$defs/m' } } };
      const rest = Array.from({ length: keywords }, (_, index) => ({ maxProperties: 100 + index }));
      return { $ref: '#/$defs/m', $defs: { m: { allOf: [...rest, a, a] } } };
    };
    let value: Json = {};
    for (let level = 0; level < 12; level += 1) value = { a: value };
    assert.ok(check(twice(1), value));
    assert.equal(refusal(() => check(twice(300), value)).code, 'COMPUTATION_STOPPED');
    assert.ok(check(twice(300), { a: {} }));
  });

  it('tells the first fault only of a document that may have hundreds of thousands', () => {
    const faults = (count: number) =>
      compileSchema({ type: 'array', items: { type: 'number' } }, 'test')(Array<Json>(count).fill('a'));
    assert.equal(faults(200_000).length, 1);
    assert.ok(faults(5).length === 5);
  });

  it('refuses a schema beyond its bounds', () => {
    let deep: JsonObject = {};
    for (let level = 0; level < 5_000; level += 1) deep = { not: deep };
    assert.equal(refusal(() => compileSchema(deep, 'test')).code, 'CONTRACT_INVALID');
    const wide = { enum: Array.from({ length: 100_000 }, (_, index) => index) };
    assert.equal(refusal(() => compileSchema(wide, 'test')).code, 'CONTRACT_INVALID');
  });

  it('lets no pattern hang: in pattern, in patternProperties, and in the format of a URL', () => {
    const evil = `${'a'.repeat(50_000)}!`;
    assert.equal(check({ pattern: '^(a+)+$' }, evil), false);
    assert.ok(check({ patternProperties: { '^(a+)+$': false } }, { [evil]: 1 }));
    assert.equal(check({ format: 'url' }, `http://${':'.repeat(500_000)}\u0001`), false);
    assert.ok(check({ format: 'url' }, 'https://example.org:8080/a?b=c'));
    assert.equal(check({ format: 'url' }, 'javascript:alert(1)'), false);
    assert.match(
      refusal(() => compileSchema({ pattern: '(?=a)b' }, 'test')).message,
      /pattern.*cannot be used/,
    );
  });

  it('counts patterns for names: many for each of many are stopped, one for every text of the largest body is not', () => {
    const patternProperties = Object.fromEntries(
      Array.from({ length: 900 }, (_each, index) => [`^${'a'.repeat(50)}${index}$`, {}]),
    );
    const name = (index: number): string => `${'a'.repeat(50)}x${index}`;
    const names = Object.fromEntries(Array.from({ length: 9_999 }, (_each, index) => [name(index), 0]));
    assert.equal(refusal(() => check({ patternProperties }, names)).code, 'COMPUTATION_STOPPED');
    const items = { type: 'string', pattern: '^[a-z0-9]*$' };
    assert.ok(check({ type: 'array', items }, Array<Json>(250_000).fill('a1')));
    assert.ok(check(items, 'a'.repeat(1_000_000)));
  });

  it('finds repetitions in a large array in a time that grows with it', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => ({ index }));
    assert.ok(check({ uniqueItems: true }, many));
    assert.equal(check({ uniqueItems: true }, [...many, { index: 5 }]), false);
  });

  it('calls items equal as JSON Schema does', () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (items) => {
        const written = JSON.parse(JSON.stringify(items)) as Json[];
        const reordered = written.map(reverse);
        assert.equal(
          check({ uniqueItems: true }, [...written, ...reordered.slice(0, 1)]),
          written.length === 0,
        );
      }),
    );
    assert.ok(check({ uniqueItems: true }, [1, '1', true, 'true', null, [1], ['1'], { a: 1 }, { a: [1] }]));
    assert.equal(check({ uniqueItems: true }, [0, -0]), false);
    assert.ok(check({ uniqueItems: false }, [1, 1]));
  });

  it('forgets hundreds of schemas that nobody uses any more', () => {
    const refs: WeakRef<JsonObject>[] = [];
    for (let index = 0; index < 600; index += 1) {
      const schema = { type: 'object', required: [`member${index}`], [`x-own-${index}`]: 'note' };
      compileSchema(schema, 'test')({});
      refs.push(new WeakRef(schema));
    }
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      collect();
      const left = refs.filter((ref) => ref.deref() !== undefined).length;
      assert.ok(left <= 300, `${left} of 600 are still held`);
    });
  }).timeout(120_000);
});

/** The same value with its members in another order. */
function reverse(value: Json): Json {
  if (Array.isArray(value)) return value.map(reverse);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([name, member]) => [name, reverse(member)]));
}

describe('schemas that call themselves', () => {
  const member = (name: string, call: JsonObject): JsonObject => ({
    properties: { x: call },
    required: [name],
  });
  const twice = (call: JsonObject): JsonObject => ({ anyOf: [member('y', call), member('z', call)] });
  const deep = (levels: number): Json =>
    JSON.parse(`${'{"x":'.repeat(levels)}{}${'}'.repeat(levels)}`) as Json;
  const drafts: [string, JsonObject][] = [
    ['$ref', twice({ $ref: '#' })],
    ['$ref of draft 07', { $schema: 'http://json-schema.org/draft-07/schema#', ...twice({ $ref: '#' }) }],
    [
      '$recursiveRef',
      {
        $schema: 'https://json-schema.org/draft/2019-09/schema',
        $recursiveAnchor: true,
        ...twice({ $recursiveRef: '#' }),
      },
    ],
    ['$dynamicRef', { $dynamicAnchor: 'n', ...twice({ $dynamicRef: '#n' }) }],
  ];
  for (const [name, schema] of drafts) {
    it(`are stopped where they call themselves twice on each level, by ${name}`, () => {
      assert.equal(refusal(() => check(schema, deep(60))).code, 'COMPUTATION_STOPPED');
      assert.equal(check(schema, {}), false);
    });
  }

  it('are refused where they never go deeper', () => {
    for (const schema of [{ $ref: '#' }, { allOf: [{ $ref: '#' }] }]) {
      assert.equal(refusal(() => check(schema, 1)).code, 'CONTRACT_INVALID');
    }
  });

  it('check what is a tree, and go on after one that was stopped', () => {
    const tree: JsonObject = {
      type: 'object',
      properties: { x: { $ref: '#' } },
      additionalProperties: false,
    };
    assert.equal(check(tree, deep(60)), true);
    assert.equal(check(tree, { x: { y: 1 } }), false);
    assert.equal(check({ $defs: { n: { type: 'number' } }, $ref: '#/$defs/n', minimum: 5 }, 3), false);
  });
});

describe('multipleOf', () => {
  it('is that of a decimal number, not of the double nearest to it', () => {
    for (const value of [0.29, 0.57, 1.1, 4.35, 123456.78, 1e300])
      assert.ok(check({ multipleOf: 0.01 }, value));
    assert.equal(check({ multipleOf: 0.01 }, 0.295), false);
  });
});
