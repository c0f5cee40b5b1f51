import assert from 'node:assert/strict';
import { contracts } from '../../../src/contracts/library/built-in.js';
import { SIGNS, convertSigns } from '../../../src/contracts/signs.js';
import type { Json, JsonObject } from '../../../src/event.js';
import { open } from './helpers/check.js';

/** All values of `x-sign` in a schema. */
function signsIn(schema: Json): string[] {
  if (schema === null || typeof schema !== 'object') return [];
  const own = Array.isArray(schema) ? undefined : schema['x-sign'];
  return [...(typeof own === 'string' ? [own] : []), ...Object.values(schema).flatMap(signsIn)];
}

describe('signs at the edge of a contract', () => {
  it('PowerGrid: storage power above zero charges, as in Gridwire', () => {
    const { payload, example } = open('powergrid').type('state-updates').data;
    assert.equal((payload['properties'] as JsonObject)['P_MW'] !== undefined, true);
    assert.deepEqual(convertSigns(example, payload), example);
  });

  it('EcoGrid: a charge rate above zero charges, as in Gridwire', () => {
    const { payload, example } = open('ecogrid-ems').type('telemetry-bms').data;
    assert.deepEqual(convertSigns(example, payload), example);
  });

  it('a system that counts discharging and export as positive is turned round, also inside lists and objects', () => {
    const schema: JsonObject = {
      properties: {
        storage: { 'x-sign': 'discharging-positive' },
        phases: { items: { 'x-sign': 'export-positive' } },
        series: { 'x-sign': 'export-positive', items: { type: 'number' } },
        sites: { additionalProperties: { properties: { p: { 'x-sign': 'export-positive' } } } },
        voltage: { type: 'number' },
      },
    };
    const theirs = {
      storage: 5,
      phases: [1, -2, 0],
      series: [4],
      sites: { a: { p: 3 } },
      voltage: 230,
      other: 1,
    };
    const ours = {
      storage: -5,
      phases: [-1, 2, 0],
      series: [-4],
      sites: { a: { p: -3 } },
      voltage: 230,
      other: 1,
    };
    assert.deepEqual(convertSigns(theirs, schema), ours);
    assert.deepEqual(convertSigns(ours, schema), theirs);
  });

  it('every sign that a built-in contract names is known', () => {
    for (const data of Object.values(contracts)) {
      for (const type of Object.values(data.types)) {
        for (const sign of signsIn(type.payload)) assert.ok(SIGNS.includes(sign), sign);
      }
    }
  });
});
