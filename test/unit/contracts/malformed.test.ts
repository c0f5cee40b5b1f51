import assert from 'node:assert/strict';
import { contracts } from '../../../src/contracts/library/built-in.js';
import { Contract } from '../../../src/contracts/contract.js';
import type { ErrorCode } from '../../../src/errors.js';
import type { JsonObject } from '../../../src/event.js';
import { inbound, refusal } from './helpers/check.js';

/** Bodies that no contract may accept, whatever stands on the topic. */
const bodies: [name: string, body: Buffer, code: ErrorCode][] = [
  [
    'nested to depth 10,000',
    Buffer.from(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
    'BODY_TOO_DEEP',
  ],
  ['10 MB', Buffer.alloc(10_000_000, 0x20), 'BODY_TOO_LARGE'],
  ['NaN', Buffer.from('{"a":NaN}'), 'BODY_NOT_JSON'],
  ['Infinity', Buffer.from('{"a":-Infinity}'), 'BODY_NOT_JSON'],
  ['a key twice', Buffer.from('{"a":1,"a":2}'), 'BODY_DUPLICATE_KEY'],
  ['a number beyond 2^53', Buffer.from('{"a":9007199254740993}'), 'NUMBER_INEXACT'],
  ['a number beyond all numbers', Buffer.from('{"a":1e400}'), 'NUMBER_INEXACT'],
  ['__proto__', Buffer.from('{"__proto__":{"admin":true}}'), 'BODY_UNSAFE_KEY'],
  ['__proto__ in a list', Buffer.from('{"a":[{"__proto__":1}]}'), 'BODY_UNSAFE_KEY'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]), 'BODY_NOT_TEXT'],
  ['UTF-16', Buffer.from('{"a":1}', 'utf16le'), 'BODY_NOT_JSON'],
  ['nothing', Buffer.alloc(0), 'BODY_EMPTY'],
  ['cut off', Buffer.from('{"a":'), 'BODY_NOT_JSON'],
  ['null', Buffer.from('null'), 'SCHEMA_VIOLATION'],
  ['a number', Buffer.from('42'), 'SCHEMA_VIOLATION'],
  ['a list', Buffer.from('[{}]'), 'SCHEMA_VIOLATION'],
];

const cyclic: Record<string, unknown> = { a: 1 };
cyclic['self'] = cyclic;

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = { deeper: value };
  return value;
}

/** Payloads that a flow can hold and JSON cannot carry. */
const payloads: [name: string, value: unknown, code: ErrorCode][] = [
  ['a cycle', cyclic, 'BODY_TOO_DEEP'],
  ['depth 10,000', nested(10_000), 'BODY_TOO_DEEP'],
  ['NaN', { a: NaN }, 'SCHEMA_VIOLATION'],
  ['a BigInt', { a: 1n }, 'SCHEMA_VIOLATION'],
  ['a function', { a: () => 1 }, 'SCHEMA_VIOLATION'],
  ['a Buffer', { a: Buffer.from('x') }, 'SCHEMA_VIOLATION'],
  ['an invalid Date', { a: new Date(NaN) }, 'SCHEMA_VIOLATION'],
  ['an own __proto__', JSON.parse('{"__proto__":{"a":1}}'), 'BODY_UNSAFE_KEY'],
  ['nothing', undefined, 'SCHEMA_VIOLATION'],
];

for (const data of Object.values(contracts)) {
  describe(`malformed messages: ${data.name}`, () => {
    const contract = new Contract(data);
    const [type] = contract.types;
    assert.ok(type !== undefined);
    const { example, exampleParameters = {}, exampleMembers = {} } = type.data;
    const sound = contract.build(type.name, {
      payload: example,
      parameters: exampleParameters,
      members: exampleMembers,
    });

    for (const [name, body, code] of bodies) {
      it(`refuses a body that is ${name} with ${code}`, () => {
        assert.equal(refusal(() => contract.parse(inbound(sound.topic, body))).code, code);
      });
    }

    for (const [name, payload, code] of payloads) {
      it(`refuses to build from ${name} with ${code}`, () => {
        const build = () => contract.build(type.name, { payload, parameters: exampleParameters });
        assert.equal(refusal(build).code, code);
      });
    }

    it('names every required member of the envelope that is missing, and every one of a wrong type', () => {
      const required = (type.envelope.schema['required'] ?? []) as string[];
      for (const member of required) {
        const without = Object.fromEntries(
          Object.entries(sound.envelope).filter(([name]) => name !== member),
        );
        assert.equal(refusal(() => contract.parse(inbound(sound.topic, without))).code, 'SCHEMA_VIOLATION');
        const wrong: JsonObject = { ...sound.envelope, [member]: [1] };
        const error = refusal(() => contract.parse(inbound(sound.topic, wrong)));
        assert.equal(error.code, 'SCHEMA_VIOLATION');
        const violations = error.details['violations'] as { path: string }[];
        assert.ok(
          violations.some(({ path }) => path === `/${member}`),
          member,
        );
      }
    });
  });
}

describe('malformed messages: limits', () => {
  it('a setting changes the largest body and the deepest nesting', () => {
    const data = contracts['ecogrid-ems'];
    assert.ok(data !== undefined);
    const strict = new Contract(data, { limits: { maxBytes: 30, maxDepth: 2 } });
    const topic = 'sites/1/devices/A/telemetry';
    assert.ok(strict.parse(inbound(topic, { powerKw: 1 })));
    assert.equal(
      refusal(() => strict.parse(inbound(topic, { powerKw: 1, padding: 'x'.repeat(30) }))).code,
      'BODY_TOO_LARGE',
    );
    assert.equal(refusal(() => strict.parse(inbound(topic, { a: { b: [1] } }))).code, 'BODY_TOO_DEEP');
  });

  it('lists at most twenty violations of a body made to break every rule', () => {
    const data = contracts['powergrid'];
    assert.ok(data !== undefined);
    const contract = new Contract(data);
    // Of the larger one only the first are collected, because all of them might not fit into memory.
    for (const [length, listed] of [
      [1_000, 20],
      [20_000, 1],
    ] as const) {
      const wrong = Array<string>(length).fill('x');
      const payload = { voltages: wrong, line_loading: wrong, converged: true };
      const error = refusal(() =>
        contract.build('network-state', { payload, parameters: { env: 'e' }, members: { timestamp: 0 } }),
      );
      assert.equal((error.details['violations'] as unknown[]).length, listed);
    }
  });
});
