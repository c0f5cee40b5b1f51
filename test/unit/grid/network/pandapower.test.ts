import assert from 'node:assert/strict';
import { importPandapower } from '../../../../src/grid/network/pandapower/import.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';

/** A data frame as `pandapower.to_json` writes it: JSON text within JSON. */
function frame(columns: string[], ...data: unknown[][]): unknown {
  const split = { columns, index: data.map((_, index) => index), data };
  return {
    _module: 'pandas.core.frame',
    _class: 'DataFrame',
    _object: JSON.stringify(split),
    orient: 'split',
  };
}

const LINE = [
  'name',
  'from_bus',
  'to_bus',
  'length_km',
  'r_ohm_per_km',
  'x_ohm_per_km',
  'c_nf_per_km',
  'max_i_ka',
];
const TRAFO = [
  'hv_bus',
  'lv_bus',
  'sn_mva',
  'vn_hv_kv',
  'vn_lv_kv',
  'vk_percent',
  'vkr_percent',
  'pfe_kw',
  'i0_percent',
];
const TAP = [
  'tap_side',
  'tap_neutral',
  'tap_min',
  'tap_max',
  'tap_step_percent',
  'tap_pos',
  'tap_changer_type',
];

/** 110 kV, transformer with iron loss and tap, 20 kV cable with everything at its end, and a cable open at one end. */
function example(changes: Record<string, unknown> = {}): string {
  const net = {
    ...{ name: 'example', f_hz: 50, sn_mva: 1 },
    bus: frame(['name', 'vn_kv', 'in_service'], ['hv', 110, true], ['lv', 20, true], ['end', 20, true]),
    ext_grid: frame(['bus', 'vm_pu', 'va_degree', 'in_service'], [0, 1.02, 0, true]),
    line: frame(LINE, ['cable', 1, 2, 5, 0.2, 0.1, 200, 0.3], ['ring', 2, 1, 8, 0.2, 0.1, 200, 0.3]),
    trafo: frame(
      [...TRAFO, 'shift_degree', ...TAP],
      [0, 1, 25, 110, 20, 11.2, 0.282, 29, 0.5, 150, 'hv', 0, -9, 9, 1.5, -2, 'Ratio'],
    ),
    load: frame(['bus', 'p_mw', 'q_mvar', 'scaling'], [2, 6, 2, 0.8]),
    sgen: frame(['bus', 'p_mw', 'q_mvar', 'scaling'], [2, 1, 0.1, 1]),
    storage: frame(['bus', 'p_mw', 'q_mvar', 'scaling'], [2, 0.5, 0, 1]),
    shunt: frame(['bus', 'q_mvar', 'p_mw', 'vn_kv', 'step', 'max_step'], [1, -0.4, 0, 20, 2, 3]),
    switch: frame(['bus', 'element', 'et', 'closed'], [1, 1, 'l', false]),
    ...changes,
  };
  return JSON.stringify({ _module: 'pandapower.auxiliary', _class: 'pandapowerNet', _object: net });
}

function assertClose(actual: number | undefined, expected: number, tolerance = 1e-8): void {
  assert.ok(
    Math.abs((actual ?? NaN) - expected) < tolerance,
    `${actual ?? 'missing'} instead of ${expected}`,
  );
}

describe('pandapower import', () => {
  it('gives what pandapower gives: tap, iron loss, vector group, open line end, shunt', () => {
    // Expected: pandapower 3.5.6, runpp with tolerance 1e-10 MVA, on the same network.
    const result = solvePowerFlow(importPandapower(example()));
    assert.equal(result.converged, true, result.reason);
    assertClose(result.sources[0]?.pMw, 4.380369049331);
    assertClose(result.sources[0]?.qMvar, 0.500970160913);
    assertClose(result.buses[1]?.vmPu, 1.049394925924);
    assertClose(result.buses[2]?.vmPu, 1.037566801463);
    assertClose(result.buses[2]?.vaDegree, -151.135423754412);
    const [cable, ring, transformer] = result.branches;
    assertClose(cable?.pToMw, -4.300043537794);
    assertClose(cable?.loadingPercent, 41.61771319953);
    assertClose(ring?.qFromMvar, -0.2164739356199);
    assertClose(ring?.pToMw, 0);
    assertClose(transformer?.loadingPercent, 17.289895047373);
    assertClose((transformer?.pFromMw ?? NaN) + (transformer?.pToMw ?? NaN), 0.033953198669);
  });

  it('makes the constant-impedance part of a load follow the square of the voltage', () => {
    const load = frame(['bus', 'p_mw', 'q_mvar', 'scaling', 'const_z_p_percent'], [2, 6, 2, 0.8, 25]);
    const result = solvePowerFlow(importPandapower(example({ load })));
    const vm = result.buses[2]?.vmPu ?? NaN;
    const drawn = 4.8 * (0.75 + 0.25 * vm ** 2) - 1 + 0.5;
    const [cable, ring] = result.branches;
    assertClose(-(cable?.pToMw ?? NaN) - (ring?.pFromMw ?? NaN), drawn);
  });

  it('reads plain lists of records as well', () => {
    const text = JSON.stringify({
      f_hz: 50,
      bus: [
        { id: 4, name: 'a', vn_kv: 20 },
        { id: 7, name: 'b', vn_kv: 20 },
      ],
      line: [
        { id: 0, from_bus: 4, to_bus: 7, length_km: 1, r_ohm_per_km: 0.5, x_ohm_per_km: 0.3, max_i_ka: 0.2 },
      ],
      load: [{ id: 0, bus: 7, p_mw: 1, q_mvar: 0.5 }],
      ext_grid: [{ id: 0, bus: 4, vm_pu: 1 }],
    });
    const result = solvePowerFlow(importPandapower(text));
    assert.deepEqual(
      result.buses.map(({ id }) => id),
      ['4', '7'],
    );
    assert.equal(result.converged, true);
  });

  const REFUSED: [string, string, RegExp][] = [
    ['text that is not JSON', '{', /the text is not JSON/],
    ['a list', '[]', /the document is not an object/],
    ['a document without buses', '{}', /it has no bus table/],
    [
      'a three-winding transformer',
      example({ trafo3w: frame(['hv_bus', 'in_service'], [0, true]) }),
      /trafo3w 0 has no counterpart/,
    ],
    [
      'a constant-current load',
      example({ load: frame(['bus', 'p_mw', 'q_mvar', 'const_i_p_percent'], [2, 1, 0, 50]) }),
      /load 0 has a constant-current part/,
    ],
    [
      'a missing number',
      example({ load: frame(['bus', 'p_mw', 'q_mvar'], [2, null, 0]) }),
      /element 0 has no number in column p_mw/,
    ],
    [
      'a switch with impedance',
      example({ switch: frame(['bus', 'element', 'et', 'closed', 'z_ohm'], [1, 2, 'b', true, 0.1]) }),
      /switch 0 has an impedance/,
    ],
    [
      'a table that is no data frame',
      example({ load: { _class: 'DataFrame', _object: '{}' } }),
      /split orientation/,
    ],
  ];
  for (const [what, text, message] of REFUSED) {
    it(`refuses ${what}`, () => {
      assert.throws(() => importPandapower(text), { code: 'NETWORK_INVALID', message });
    });
  }

  it('ignores what is out of service', () => {
    const text = example({ trafo3w: frame(['hv_bus', 'in_service'], [0, false]) });
    assert.equal(solvePowerFlow(importPandapower(text)).converged, true);
  });
});
