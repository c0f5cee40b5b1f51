import assert from 'node:assert/strict';
import { evaluateExpression } from '../../../src/untrusted/expressions.js';
import type { GridwireError } from '../../../src/errors.js';

async function codeOf(expression: string, input: unknown = {}): Promise<string> {
  try {
    return `no error, but ${JSON.stringify(await evaluateExpression(expression, input))}`;
  } catch (error) {
    return (error as GridwireError).code;
  }
}

describe('expressions from requests', function () {
  this.timeout(120_000);

  it('gives what JSONata gives, for many inputs with one expression', async () => {
    for (let power = 0; power < 20; power += 1) {
      const input = { payload: { power, unit: 'W' } };
      const expected = { power: power + 1, unit: 'W' };
      const result = await evaluateExpression('$merge([payload, {"power": payload.power + 1}])', input);
      assert.deepEqual(result, expected);
    }
  });

  it('says nothing where the result is nothing, and knows $clone', async () => {
    assert.equal(await evaluateExpression('payload.missing', { payload: {} }), undefined);
    assert.deepEqual(await evaluateExpression('$clone(payload)', { payload: [1, 2] }), [1, 2]);
  });

  it('reads text and bytes as they came', async () => {
    assert.equal(await evaluateExpression('$length(payload)', { payload: 'ä!' }), 2);
    assert.deepEqual(await evaluateExpression('payload', { payload: Buffer.from([1, 7]) }), {
      type: 'Buffer',
      data: [1, 7],
    });
  });

  for (const expression of [
    '$env("PATH")',
    '$globalContext("x")',
    '$flowContext("x")',
    '(',
    '$error("no")',
  ]) {
    it(`fails for ${expression}`, async () => assert.equal(await codeOf(expression), 'FLOW_FAILED'));
  }

  for (const expression of ['1/0', '{"a": [0/0]}', '$sum', 'function($x){$x}', '{"f": $sum}']) {
    it(`refuses the result of ${expression}, which JSON cannot carry`, async () =>
      assert.equal(await codeOf(expression), 'FLOW_FAILED'));
  }

  it('refuses an input that cannot be handed over, and goes on with the next', async () => {
    assert.equal(await codeOf('payload', { payload: () => 1 }), 'FLOW_FAILED');
    assert.equal(await evaluateExpression('1 + 2', {}), 3);
  });

  it('keeps the sign of a zero', async () => {
    assert.ok(Object.is(await evaluateExpression('payload', { payload: -0 }), -0));
  });

  it('stops what never ends, and goes on with the next', async () => {
    assert.equal(await codeOf('($f := function() { $f() }; $f())'), 'COMPUTATION_STOPPED');
    assert.equal(await evaluateExpression('1 + 1', {}), 2);
  });

  it('stops a pattern that backtracks for ever', async () => {
    const input = { payload: `${'a'.repeat(60)}!` };
    assert.equal(await codeOf('$match(payload, /^(a+)+$/)', input), 'COMPUTATION_STOPPED');
  });

  it('survives what takes all memory in one go', async () => {
    assert.equal(
      await codeOf('$length($replace($pad("", 400000000, "x"), "x", "yy"))'),
      'COMPUTATION_STOPPED',
    );
    assert.equal(await evaluateExpression('"still here"', {}), 'still here');
  });

  it('refuses a result beyond its bound', async () => {
    assert.equal(await codeOf('$pad("", 2000000, "x")'), 'BODY_TOO_LARGE');
  });

  it('hands nothing from one expression to another', async () => {
    await codeOf('payload ~> |$|{"__proto__": {"polluted": 1}}|', { payload: {} });
    assert.equal(await evaluateExpression('payload.polluted', { payload: {} }), undefined);
  });

  it('takes turns: many at a time all end', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => evaluateExpression('n * 2', { n })));
    assert.deepEqual(answers, [2, 4, 6, 8, 10]);
  });
});
