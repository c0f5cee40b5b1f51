import assert from 'node:assert/strict';
import { Contract } from '../../../src/contracts/contract.js';
import { contracts } from '../../../src/contracts/library/built-in.js';
import type { JsonObject } from '../../../src/event.js';
import { refusal } from './helpers/check.js';

const site = { siteId: '1', serialNumber: 'INV-001' };
const taylordash = new Contract(contracts['taylordash']!);
const project = { payload: { project_id: 'p', name: 'n', status: 's', created_by: 'c' } };

describe('what a flow gives, built into an event', () => {
  it('keeps a member of the payload whose name is empty, where the payload is the document', () => {
    const contract = new Contract(contracts['ecogrid-ems']!);
    const payload = { powerKw: 1, '': 'kept' };
    const event = contract.build('telemetry', { payload, parameters: site });
    assert.deepEqual(event.envelope, payload);
    assert.equal(Buffer.from(contract.serialise(event).body).toString(), '{"powerKw":1,"":"kept"}');
  });

  it('stays as it was when the flow changes what it gave, and the flow has its own as it was', () => {
    for (const { data, name } of Object.values(contracts).flatMap((data) =>
      Object.keys(data.types).map((name) => ({ data, name })),
    )) {
      const { example, exampleParameters = {}, exampleMembers = {} } = data.types[name]!;
      const payload = structuredClone(example);
      const event = new Contract(data).build(name, {
        ...{ payload, parameters: exampleParameters, members: exampleMembers },
      });
      assert.deepEqual(payload, example);
      const before = JSON.stringify(event);
      for (const value of Object.values(payload as JsonObject))
        if (typeof value === 'object' && value !== null) Object.assign(value, { added: 1 });
      if (typeof payload === 'object') Object.assign(payload as object, { added: 1 });
      assert.equal(JSON.stringify(event), before, name);
    }
  });

  it('shares nothing with another event: what somebody changes in one stands in no other', () => {
    const objectsIn = (value: unknown): object[] =>
      typeof value === 'object' && value !== null ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
    for (const data of Object.values(contracts)) {
      const contract = new Contract(data);
      for (const { name, data: type } of contract.types) {
        const { example, exampleParameters = {}, exampleMembers = {} } = type;
        const input = { payload: example, parameters: exampleParameters, members: exampleMembers };
        const [one, other] = [contract.build(name, input), contract.build(name, input)];
        const ofOne = new Set(objectsIn(one.envelope));
        for (const each of objectsIn(other.envelope)) assert.ok(!ofOne.has(each), `${data.name}/${name}`);
      }
    }
  });

  it('has the members that the flow gives in the place of its own, and others after them', () => {
    const members = { more: 1, ts: '2026-11-29T09:53:56Z', payload: 'none of it' };
    const { envelope } = taylordash.build('project-created', { ...project, members });
    assert.deepEqual(Object.keys(envelope), ['trace_id', 'ts', 'kind', 'idempotency_key', 'payload', 'more']);
    assert.deepEqual([envelope['ts'], envelope['more']], [members.ts, 1]);
    assert.deepEqual(envelope['payload'], project.payload);
  });

  it('is refused where the members are none, and with none there is nothing to refuse', () => {
    for (const members of [[], ['x'], 'x', new Map()]) {
      const input = { ...project, members: members as unknown as Record<string, unknown> };
      assert.equal(refusal(() => taylordash.build('project-created', input)).code, 'SCHEMA_VIOLATION');
    }
    for (const members of [undefined, null, {}, { a: undefined }, { [Symbol('s')]: 1 }]) {
      const input = { ...project, members: members as unknown as Record<string, unknown> };
      assert.equal(Object.keys(taylordash.build('project-created', input).envelope).length, 5);
    }
  });

  it('gets an id of its own each time', () => {
    const built = Array.from({ length: 600 }, () => taylordash.build('project-created', project).envelope);
    for (const name of ['trace_id', 'idempotency_key'])
      assert.equal(new Set(built.map((each) => each[name])).size, built.length);
  });
});
