import assert from 'node:assert/strict';
import { Contract } from '../../../src/contracts/contract.js';
import { contracts } from '../../../src/contracts/library/built-in.js';

describe('what facts say of an event', () => {
  it('is one object for all of its kind, which no listener can change', () => {
    for (const data of Object.values(contracts)) {
      const contract = new Contract(data);
      const abouts = contract.types.flatMap(({ about, topic }) => [about, contract.aboutOf(topic.text)]);
      for (const about of [...abouts, contract.aboutOf('no/such/topic/at/all')]) {
        assert.equal(Reflect.set(about, 'type', 'another'), false);
        assert.notEqual(about.type, 'another');
      }
    }
  });
});
