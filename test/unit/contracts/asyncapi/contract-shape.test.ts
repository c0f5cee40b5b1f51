import assert from 'node:assert/strict';
import { importContract } from '../../../../src/contracts/asyncapi/import.js';
import { contractDocument } from '../../../../src/contracts/asyncapi/export.js';
import { assertContractShape } from '../../../../src/contracts/contract-shape.js';
import { Contract } from '../../../../src/contracts/contract.js';
import { inDialect } from '../../../../src/contracts/dialect.js';
import { contracts } from '../../../../src/contracts/library/built-in.js';
import type { Json, JsonObject } from '../../../../src/event.js';
import { refusal } from '../helpers/check.js';

const document = (own: JsonObject, ofMessage?: JsonObject): string =>
  JSON.stringify({
    asyncapi: '3.0.0',
    info: { title: 'Plant', version: '1' },
    channels: {
      c: {
        address: 'c',
        messages: {
          m: { payload: { type: 'object' }, ...(ofMessage === undefined ? {} : { 'x-gridwire': ofMessage }) },
        },
      },
    },
    'x-gridwire': own,
  });

describe('the shape of a contract', () => {
  it('has templates that are bounded: from each brace on, its end is looked for', () => {
    const long = '{'.repeat(2_001);
    const envelope = { schema: {}, payloadMember: 'p', members: { a: { template: long } } };
    for (const text of [document({ envelope }), document({}, { derivedParameters: { a: long } })])
      assert.throws(() => importContract(text), { code: 'CONTRACT_INVALID', message: /2000/ });
  });

  for (const data of Object.values(contracts)) {
    it(`is that of ${data.name} in each of its dialects, also when it is exported and imported`, () => {
      for (const dialect of ['documented', ...Object.keys(data.dialects)]) {
        const plain = JSON.parse(JSON.stringify(inDialect(data, dialect))) as Json;
        assert.doesNotThrow(() => assertContractShape(plain));
        const text = JSON.stringify(contractDocument(new Contract(data, { dialect })));
        assert.deepEqual(
          Object.keys(importContract(text).types).sort(),
          Object.keys(inDialect(data, dialect).types).sort(),
        );
      }
    });
  }

  const title = { title: 't', description: 'd' };
  const wrong: JsonObject[] = [
    { prefix: 5 },
    { prefix: {} },
    { envelope: 1 },
    { envelope: { schema: 1, payloadMember: '', members: {} } },
    { envelope: { schema: {}, payloadMember: '', members: { a: 5 } } },
    { parameters: { id: { description: '', kind: 'nope' } } },
    { retry: { attempts: 0, delay: 1, factor: 1, maximumDelay: 1 } },
    { retry: 'often' },
    { deadLetter: { topic: 5 } },
    { dialects: { x: { ...title, patch: { prefix: 5 } } } },
    { dialects: { x: { ...title, patch: { types: 5 } } } },
    { ingest: {} },
    { alerts: 5 },
    { name: '' },
    { types: {} },
    { unknown: 1 },
  ];
  for (const own of wrong) {
    it(`is not ${JSON.stringify(own)}`, () => {
      assert.equal(refusal(() => importContract(document(own))).code, 'CONTRACT_INVALID');
    });
  }

  const wrongType: JsonObject[] = [
    { topic: 5 },
    { topic: '' },
    { qos: 5 },
    { retain: 'no' },
    { role: 'x' },
    { timeToLive: -5 },
    { recognisedBy: 5 },
    { envelope: { derived: [{ rule: 'x' }] } },
    { type: '__proto__' },
    { type: 5 },
    { unknown: 1 },
  ];
  for (const own of wrongType) {
    it(`is not, for a type, ${JSON.stringify(own)}`, () => {
      assert.equal(refusal(() => importContract(document({}, own))).code, 'CONTRACT_INVALID');
    });
  }
});
