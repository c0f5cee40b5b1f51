import assert from 'node:assert/strict';
import { Contract } from '../../../../src/contracts/contract.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';

describe('CELINE as it runs', () => {
  it('adds two members, which the documented dialect tolerates when it reads and does not write', () => {
    const contract = new Contract(builtInContract('celine-dt'));
    const type = contract.type('ev-charging-readiness-computed');
    const event = contract.build(type.name, { payload: type.data.example });
    assert.deepEqual(
      Object.keys(event.envelope).filter((name) => name.startsWith('_')),
      [],
    );
    const added = { _timestamp: '2026-01-24T10:30:00.123456+00:00', _correlationId: 'req-1' };
    for (const extra of [added, { _timestamp: added._timestamp }]) {
      const body = Buffer.from(JSON.stringify({ ...event.envelope, ...extra }));
      const message = { topic: event.topic, body, headers: {}, qos: 1, retain: false } as const;
      const read = contract.parse({ ...message, receivedAt: 0, redelivered: false });
      assert.deepEqual(read.envelope, { ...event.envelope, ...extra });
    }
  });
});
