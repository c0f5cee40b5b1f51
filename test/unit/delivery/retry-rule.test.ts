import assert from 'node:assert/strict';
import { decisive, outageDelay, retryDelay, verdictOn } from '../../../src/delivery/retry-rule.js';
import { GridwireError } from '../../../src/errors.js';

describe('retry rule', () => {
  it('tells apart what may go away, what counts, and what is final', () => {
    const verdict = (code: ConstructorParameters<typeof GridwireError>[0]) =>
      verdictOn(new GridwireError(code, ''));
    assert.deepEqual(
      [verdict('FLOW_FAILED'), verdict('BROKER_DISCONNECTED'), verdict('EVENT_REJECTED')],
      ['again', 'wait', 'never'],
    );
  });

  it('lets the most final of several errors decide', () => {
    const errors = (['OUTBOX_FULL', 'SCHEMA_VIOLATION', 'FLOW_FAILED'] as const).map(
      (code) => new GridwireError(code, ''),
    );
    assert.equal(decisive(errors)?.code, 'SCHEMA_VIOLATION');
    assert.equal(decisive([])?.code, undefined);
  });

  it('grows the wait up to its limit, with a random part of at most a quarter', () => {
    const rule = { attempts: 9, delay: 100, factor: 2, maximumDelay: 1000 };
    for (const [attempts, most] of [
      [1, 100],
      [2, 200],
      [4, 800],
      [9, 1000],
    ] as const) {
      const delay = retryDelay(rule, attempts);
      assert.ok(delay <= most && delay >= most * 0.75, `${attempts}: ${delay}`);
    }
  });

  it('lets what waits through an outage wait longer the longer it lasts, up to the limit', () => {
    const rule = { attempts: 3, delay: 100, factor: 2, maximumDelay: 1000 };
    for (const [waited, most] of [
      [0, 100],
      [400, 400],
      [3_600_000, 1000],
    ] as const) {
      const delay = outageDelay(rule, waited);
      assert.ok(delay <= most && delay >= most * 0.75, `${waited}: ${delay}`);
    }
  });
});
