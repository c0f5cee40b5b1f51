import assert from 'node:assert/strict';
import { contracts } from '../../../src/contracts/library/built-in.js';
import { Contract } from '../../../src/contracts/contract.js';

for (const data of Object.values(contracts)) {
  for (const dialect of ['documented', ...Object.keys(data.dialects)]) {
    describe(`round trip: ${data.name}, ${dialect}`, () => {
      const contract = new Contract(data, { dialect });
      for (const type of contract.types) {
        it(`${type.name}: build, serialise, parse, equal`, () => {
          const event = contract.build(type.name, {
            payload: type.data.example,
            parameters: type.data.exampleParameters ?? {},
            members: type.data.exampleMembers ?? {},
          });
          const wire = contract.serialise(event);
          const back = contract.parse({ ...wire, receivedAt: Date.now(), redelivered: false });
          const { headers, expiresAt, ...sent } = event;
          const { headers: backHeaders, expiresAt: backExpiresAt, ...received } = back;
          assert.deepEqual(received, sent);
          assert.deepEqual(backHeaders, headers);
          assert.equal(backExpiresAt === undefined, expiresAt === undefined);
          assert.deepEqual(type.topic.match(event.topic), type.topic.match(back.topic));
        });
      }
    });
  }
}
