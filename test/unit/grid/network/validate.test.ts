import assert from 'node:assert/strict';
import { GridwireError } from '../../../../src/errors.js';
import type { Network } from '../../../../src/grid/network/network.js';
import { toPerUnit } from '../../../../src/grid/network/per-unit.js';
import { MAXIMUM_ELEMENTS } from '../../../../src/grid/network/validate.js';

/** Two buses, a line, a transformer and a load; each test breaks one thing. */
function network(): Required<Pick<Network, 'lines' | 'transformers' | 'loads' | 'switches'>> & Network {
  return {
    name: 'test',
    baseMva: 1,
    buses: [
      { id: 'a', nominalKv: 20 },
      { id: 'b', nominalKv: 20 },
      { id: 'c', nominalKv: 0.4 },
    ],
    sources: [{ id: 'grid', bus: 'a', vmPu: 1 }],
    lines: [{ id: 'ab', from: 'a', to: 'b', lengthKm: 1, rOhmPerKm: 0.1, xOhmPerKm: 0.1 }],
    transformers: [
      {
        ...{ id: 'bc', hv: 'b', lv: 'c', ratedMva: 0.4, hvKv: 20, lvKv: 0.4, vkPercent: 4, vkrPercent: 1 },
        tap: { side: 'hv', position: 0, neutral: 0, min: -2, max: 2, stepPercent: 2.5 },
      },
    ],
    loads: [{ id: 'house', bus: 'c', pMw: 0.1, qMvar: 0.02 }],
    switches: [],
  };
}

function problemOf(change: (one: ReturnType<typeof network>) => void): string {
  const broken = network();
  change(broken);
  try {
    toPerUnit(broken);
  } catch (error) {
    assert.ok(error instanceof GridwireError);
    assert.equal(error.code, 'NETWORK_INVALID');
    return error.message;
  }
  return 'accepted';
}

describe('network validation', () => {
  it('accepts a sound network', () => {
    assert.equal(
      problemOf(() => undefined),
      'accepted',
    );
  });

  const CASES: [string, (one: ReturnType<typeof network>) => void, RegExp][] = [
    ['an unknown bus', (n) => (n.lines[0]!.to = 'x'), /line "ab": to names unknown bus "x"/],
    ['an unknown bus of a load', (n) => (n.loads[0]!.bus = 'x'), /load "house": bus names unknown bus "x"/],
    [
      'a column that nobody reads',
      (n) => Object.assign(n.lines[0]!, { cUfPerKm: 0.2 }),
      /line "ab": cUfPerKm is not known; it may have id, name, inService, from, to, lengthKm,/,
    ],
    [
      'a setting that nobody reads',
      (n) => Object.assign(n, { frequency: 60 }),
      /the network: frequency is no setting; there are name, reference, baseMva, frequencyHz/,
    ],
    [
      'a figure of a tap changer that nobody reads',
      (n) => Object.assign(n.transformers[0]!.tap!, { stepDegrees: 5 }),
      /transformer "bc": tap: stepDegrees is not known/,
    ],
    [
      'zero impedance',
      (n) => Object.assign(n.lines[0]!, { rOhmPerKm: 0, xOhmPerKm: 0 }),
      /line "ab": its impedance is zero/,
    ],
    [
      'a negative length',
      (n) => (n.lines[0]!.lengthKm = -1),
      /line "ab": lengthKm must be greater than zero/,
    ],
    ['a zero length', (n) => (n.lines[0]!.lengthKm = 0), /line "ab": lengthKm must be greater than zero/],
    [
      'a value that is not a number',
      (n) => (n.loads[0]!.pMw = NaN),
      /load "house": pMw must be a finite number/,
    ],
    ['an infinite value', (n) => (n.loads[0]!.qMvar = Infinity), /load "house": qMvar/],
    [
      'an open switch at a line that ends where it starts',
      (n) => {
        n.lines[0]!.to = 'a';
        n.switches.push({ id: 's', bus: 'a', element: 'ab', elementKind: 'line', closed: false });
      },
      /switch "s": both ends of line "ab" are at bus "a", and it does not say which is open/,
    ],
    ['a row that is nothing', (n) => n.loads.push(null as never), /a load: every element needs an id/],
    ['a table that is nothing', (n) => (n.lines = null as never), /the network: lines must be a list/],
    ['no sources', (n) => (n.sources = undefined as never), /the network: sources must be a list/],
    ['a base power beyond numbers', (n) => (n.baseMva = 1e-308), /baseMva is too small to be divided by/],
    ['a load beyond numbers', (n) => (n.loads[0]!.pMw = 1e308), /load "house": pMw is too large to be/],
    [
      'a tap changer that is nothing',
      (n) => (n.transformers[0]!.tap = null as never),
      /transformer "bc": tap: must be an object/,
    ],
    [
      'a table of steps without figures',
      (n) => (n.shunts = [{ id: 's', bus: 'a', pMw: 0, qMvar: 0, table: [{ step: 1 } as never] }]),
      /shunt "s": table: pMw must be a finite number/,
    ],
    ['a doubled id', (n) => n.loads.push(n.loads[0]!), /load "house": its id is used twice/],
    ['an element without id', (n) => (n.loads[0]!.id = ''), /a load: every element needs an id/],
    [
      'two sources at one bus that disagree',
      (n) => n.sources.push({ id: 'second', bus: 'a', vmPu: 1.01 }),
      /source "second" holds 1.01 pu where source "grid" at the same bus holds 1 pu/,
    ],
    [
      'two sources at one bus with different angles',
      (n) => n.sources.push({ id: 'second', bus: 'a', vmPu: 1, vaDegree: 5 }),
      /source "second" holds 5 degrees where source "grid" at the same bus holds 0 degrees/,
    ],
    [
      'a generator that disagrees with the source beside it',
      (n) => (n.generators = [{ id: 'g', bus: 'a', pMw: 1, vmPu: 1.02 }]),
      /generator "g" holds 1.02 pu where source "grid" at the same bus holds 1 pu/,
    ],
    [
      'a tap position that its table does not have',
      (n) =>
        (n.transformers[0]!.tap!.table = [{ position: 1, ratio: 1, degree: 0, vkPercent: 4, vkrPercent: 1 }]),
      /transformer "bc": tap.position 0 is not in its table/,
    ],
    [
      'load parts that make more than the whole',
      (n) => Object.assign(n.loads[0]!, { currentPartP: 0.6, impedancePartP: 0.6 }),
      /load "house": its constant-current and constant-impedance parts/,
    ],
    [
      'more resistance than impedance',
      (n) => (n.transformers[0]!.vkrPercent = 5),
      /transformer "bc": vkrPercent must not exceed/,
    ],
    [
      'a bus without voltage under a line',
      (n) => (n.buses[1]!.nominalKv = 0),
      /bus "b": nominalKv is needed/,
    ],
    ['a base power of zero', (n) => (n.baseMva = 0), /baseMva must be greater than zero/],
    [
      'a switch on an unknown line',
      (n) => n.switches.push({ id: 's', bus: 'a', element: 'x', elementKind: 'line', closed: true }),
      /switch "s": element names unknown line "x"/,
    ],
    [
      'a switch away from its line',
      (n) => n.switches.push({ id: 's', bus: 'c', element: 'ab', elementKind: 'line', closed: true }),
      /switch "s": line "ab" does not end at bus "c"/,
    ],
    [
      'too many elements',
      (n) => (n.loads = Array.from({ length: MAXIMUM_ELEMENTS + 1 }, () => n.loads[0]!)),
      /loads has 500001 entries/,
    ],
    [
      'a service that is neither true nor false',
      (n) => Object.assign(n.lines[0]!, { inService: 'false' }),
      /line "ab": inService must be true or false/,
    ],
    [
      'a switch that is neither open nor closed',
      (n) =>
        n.switches.push({
          ...{ id: 's', bus: 'a', element: 'ab', elementKind: 'line' },
          closed: 'false' as unknown as boolean,
        }),
      /switch "s": closed must be true or false/,
    ],
    [
      'a tap changer on no side',
      (n) =>
        (n.transformers[0]!.tap = {
          ...{ side: 'HV' as 'hv', position: 1, neutral: 0, min: -2, max: 2, stepPercent: 1 },
        }),
      /transformer "bc": tap.side must be "hv" or "lv"/,
    ],
    [
      'a frequency below zero',
      (n) => Object.assign(n, { frequencyHz: -50 }),
      /frequencyHz must be greater than zero/,
    ],
    [
      'a table under another name',
      (n) => Object.assign(n, { load: n.loads }),
      /load is no table; there are buses, lines/,
    ],
    [
      'no buses',
      (n) => Object.assign(n, { buses: [], sources: [], lines: [], transformers: [], loads: [] }),
      /no buses/,
    ],
  ];
  for (const [what, change, message] of CASES) {
    it(`refuses ${what} and names the element`, () => {
      assert.match(problemOf(change), message);
    });
  }

  it('refuses generators that hold one bus at different voltages', () => {
    const message = problemOf((n) => {
      n.generators = [
        { id: 'g1', bus: 'b', pMw: 0, vmPu: 1 },
        { id: 'g2', bus: 'b', pMw: 0, vmPu: 1.01 },
      ];
    });
    assert.match(message, /generator "g2" holds 1.01 pu where generator "g1" at the same bus holds 1 pu/);
  });
});
