import assert from 'node:assert/strict';
import { toJson } from '../../../src/contracts/json/json-value.js';
import { open, refusal } from './helpers/check.js';

describe('what a flow hands over', () => {
  const thrower = (): never => {
    throw new Error('not now');
  };
  const payloads: [name: string, payload: unknown][] = [
    ['a getter that throws', Object.defineProperty({}, 'a', { get: thrower, enumerable: true })],
    ['a toJSON that throws', { toJSON: thrower }],
    ['a proxy that throws', new Proxy({}, { get: thrower, ownKeys: thrower })],
  ];
  for (const [name, payload] of payloads) {
    it(`is refused with a code: ${name}`, () => {
      const error = refusal(() => toJson({ payload }));
      assert.equal(error.code, 'SCHEMA_VIOLATION');
      assert.match(error.message, /not now/);
    });
  }

  it('is refused with a code: a parameter that is no text and cannot become one', () => {
    const contract = open('taylordash');
    const { example, exampleMembers } = contract.type('command').data;
    for (const command of [{ toString: 1 }, Symbol('x'), Object.create(null) as unknown, 5]) {
      const parameters = { command } as unknown as Record<string, string>;
      const input = { payload: example, parameters, ...(exampleMembers ? { members: exampleMembers } : {}) };
      assert.ok(
        ['PARAMETER_MISSING', 'SCHEMA_VIOLATION'].includes(
          refusal(() => contract.build('command', input)).code,
        ),
      );
    }
  });
});
