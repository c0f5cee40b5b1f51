import assert from 'node:assert/strict';
import { contractDocument } from '../../../../src/contracts/asyncapi/export.js';
import { readAsyncApi } from '../../../../src/contracts/asyncapi/import.js';
import { Contract } from '../../../../src/contracts/contract.js';
import type { Json } from '../../../../src/event.js';
import { inbound, refusal } from '../helpers/check.js';

const document = (payload: string, schemas: string): string => `asyncapi: 3.0.0
info: { title: Plant, version: 1.0.0 }
channels: { plant: { address: plant, messages: { tree: { payload: ${payload} } } } }
components: { schemas: { ${schemas} } }`;

const DEVICE = `Device: { type: object, required: [id], properties: { id: { type: string },
  parts: { type: array, items: { $ref: '#/components/schemas/Device' } } } }`;
/** Two that lead to each other, as cables and busbars do. */
const GRID = `Bus: { type: object, properties: { name: { type: string }, cables: { type: array, items: { $ref: '#/components/schemas/Cable' } } } },
  Cable: { type: object, required: [km], properties: { km: { type: number }, to: { $ref: '#/components/schemas/Bus' } } }`;

const read = (payload: string, schemas: string): Contract =>
  new Contract(readAsyncApi(document(payload, schemas)).data);
const codeOf = (contract: Contract, body: Json): string => {
  try {
    contract.parse(inbound('plant', body));
    return 'valid';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const nested = (depth: number, end: Json): Json =>
  depth === 0 ? end : { id: 'a', parts: [nested(depth - 1, end)] };

describe('AsyncAPI: a schema that leads back to itself', () => {
  const trees: [string, Contract][] = [
    ['by a component', read("{ $ref: '#/components/schemas/Device' }", DEVICE)],
    [
      'below something else',
      read("{ type: object, properties: { root: { $ref: '#/components/schemas/Device' } } }", DEVICE),
    ],
  ];
  const [[, tree], [, below]] = trees as [[string, Contract], [string, Contract]];

  it('checks every level of a document', () => {
    assert.equal(codeOf(tree, nested(20, { id: 'end' })), 'valid');
    assert.equal(codeOf(tree, nested(20, { id: 5 })), 'SCHEMA_VIOLATION');
    assert.equal(codeOf(tree, nested(1, {})), 'SCHEMA_VIOLATION');
    assert.equal(codeOf(below, { root: nested(3, { id: 'end' }) }), 'valid');
    assert.equal(codeOf(below, { root: nested(3, { parts: [] }) }), 'SCHEMA_VIOLATION');
  });

  it('goes through others', () => {
    const grid = read("{ $ref: '#/components/schemas/Bus' }", GRID);
    assert.equal(codeOf(grid, { cables: [{ km: 1, to: { name: 'b', cables: [{ km: 2 }] } }] }), 'valid');
    assert.equal(codeOf(grid, { cables: [{ km: 1, to: { cables: [{}] } }] }), 'SCHEMA_VIOLATION');
    assert.equal(codeOf(grid, { cables: [{ km: 1, to: { name: 5 } }] }), 'SCHEMA_VIOLATION');
  });

  it('is named by its draft, and may stand in a payload that names another format', () => {
    const multi =
      "{ schemaFormat: 'application/schema+json;version=2020-12', schema: { $ref: '#/components/schemas/Device' } }";
    assert.equal(codeOf(read(multi, DEVICE), nested(3, { id: 5 })), 'SCHEMA_VIOLATION');
    assert.equal(codeOf(read(multi, DEVICE), nested(3, { id: 'end' })), 'valid');
  });

  it('is the payload itself', () => {
    const own =
      "{ type: object, required: [v], properties: { v: {}, next: { $ref: '#/channels/plant/messages/tree/payload' } } }";
    const list = read(own, '');
    assert.equal(codeOf(list, { v: 1, next: { v: 2 } }), 'valid');
    assert.equal(codeOf(list, { v: 1, next: { v: 2, next: {} } }), 'SCHEMA_VIOLATION');
  });

  it('refuses no more than the document does, where something of it is not checked', () => {
    const odd = `Odd: { type: object, properties: { s: { type: string, pattern: '(?=a)b' },
      inner: { $ref: '#/components/schemas/Odd' }, no: { not: { $ref: '#/components/schemas/Odd' } } } }`;
    const { data, notes } = readAsyncApi(document("{ $ref: '#/components/schemas/Odd' }", odd));
    assert.match(notes.join('\n'), /pattern/);
    assert.match(notes.join('\n'), /"not" is not checked/);
    assert.equal(codeOf(new Contract(data), { inner: { no: { s: 'x' } }, no: { s: 'x' } }), 'valid');
  });

  it('is refused where it calls itself for the same value, which never ends', () => {
    for (const schemas of [
      "A: { allOf: [{ $ref: '#/components/schemas/A' }] }",
      "A: { anyOf: [{ $ref: '#/components/schemas/B' }] }, B: { if: {}, then: { $ref: '#/components/schemas/A' } }",
      "A: { properties: { x: { $ref: '#/components/schemas/B' } } }, B: { oneOf: [{ $ref: '#/components/schemas/B' }] }",
    ])
      assert.match(
        refusal(() => read("{ $ref: '#/components/schemas/A' }", schemas)).message,
        /leads back to itself/,
      );
  });

  it('is exported as a document that is read again', () => {
    for (const [name, contract] of trees) {
      const again = new Contract(readAsyncApi(JSON.stringify(contractDocument(contract))).data);
      const wrap = (body: Json): Json => (name === 'by a component' ? body : { root: body });
      assert.equal(codeOf(again, wrap(nested(5, { id: 'end' }))), 'valid', name);
      assert.equal(codeOf(again, wrap(nested(5, { id: 5 }))), 'SCHEMA_VIOLATION', name);
    }
  });

  it('costs a bounded time, however often it calls itself', () => {
    const wide = `W: { anyOf: [${Array.from({ length: 8 }, () => "{ properties: { w: { $ref: '#/components/schemas/W' } }, required: [x] }").join()}, { properties: { w: { $ref: '#/components/schemas/W' } } }] }`;
    let body: Json = {};
    for (let depth = 0; depth < 60; depth += 1) body = { w: body };
    assert.match(
      codeOf(read("{ type: object, allOf: [{ $ref: '#/components/schemas/W' }] }", wide), body),
      /valid|SCHEMA_VIOLATION|CONTRACT_INVALID|BODY/,
    );
  });
});
