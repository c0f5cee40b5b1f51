import assert from 'node:assert/strict';
import { importPandapower, readPandapower } from '../../../../src/grid/network/pandapower/import.js';
import { toPerUnit } from '../../../../src/grid/network/per-unit.js';
import { solvePowerFlow } from '../../../../src/grid/power-flow/report.js';
import { example, frame, LINE, TAP, TRAFO } from '../../../support/pandapower-example.js';

function assertClose(actual: number | undefined, expected: number, tolerance = 1e-8): void {
  assert.ok(
    Math.abs((actual ?? NaN) - expected) < tolerance,
    `${actual ?? 'missing'} instead of ${expected}`,
  );
}

function indexed(index: unknown[], columns: string[], ...data: unknown[][]): unknown {
  const split = { columns, index, data };
  return {
    _module: 'pandas.core.frame',
    _class: 'DataFrame',
    _object: JSON.stringify(split),
    orient: 'split',
  };
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

  it('reads a file that begins with the mark of its encoding', () => {
    assert.equal(importPandapower('\uFEFF{"bus": [{"id": 4, "vn_kv": 20}]}').buses[0]?.id, '4');
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
    ['a document without buses', '{}', /it has no bus table; what pandapower.to_json writes is read/],
    ['a network of our own', '{"buses": []}', /it has no bus table; .*write it as "network"/],
    [
      'an element without counterpart',
      example({ svc: frame(['bus', 'in_service'], [0, true]) }),
      /svc 0 has no counterpart; replace or remove it/,
    ],
    [
      'a missing number',
      example({ load: frame(['bus', 'p_mw', 'q_mvar'], [2, null, 0]) }),
      /load 0: column p_mw must hold a number, found nothing/,
    ],
    [
      'a number written as text',
      example({ load: frame(['bus', 'p_mw', 'q_mvar'], [2, '1.5', 0]) }),
      /load 0: column p_mw must hold a number, found "1.5"/,
    ],
    [
      'a flag that is neither true nor false',
      example({ load: frame(['bus', 'p_mw', 'q_mvar', 'in_service'], [2, 1, 0, 'yes']) }),
      /load 0: column in_service must be true or false, found "yes"/,
    ],
    [
      'an impedance that follows the tap by a characteristic (pandapower 2)',
      example({
        trafo: frame(
          [...TRAFO, 'tap_dependent_impedance', 'vk_percent_characteristic'],
          [0, 1, 25, 110, 20, 11.2, 0.282, 29, 0.5, true, 0],
        ),
      }),
      /trafo 0: tap_dependent_impedance takes its impedance from a characteristic/,
    ],
    [
      'a tap position that its table does not have',
      example({
        trafo: frame(
          [...TRAFO, ...TAP, 'tap_dependency_table', 'id_characteristic_table'],
          [0, 1, 25, 110, 20, 11.2, 0.282, 29, 0.5, 'hv', 0, -9, 9, 1.5, -2, 'Tabular', true, 0],
        ),
      }),
      /trafo 0: trafo_characteristic_table has no row for id_characteristic 0 and step -2/,
    ],
    [
      'a tap at the star point without an angle, which pandapower passes over',
      example({
        trafo3w: frame(
          [
            ...['hv_bus', 'mv_bus', 'lv_bus', 'vn_hv_kv', 'vn_mv_kv', 'vn_lv_kv', 'sn_hv_mva', 'sn_mv_mva'],
            ...['sn_lv_mva', 'vk_hv_percent', 'vk_mv_percent', 'vk_lv_percent', 'vkr_hv_percent'],
            ...['vkr_mv_percent', 'vkr_lv_percent', ...TAP, 'tap_at_star_point'],
          ],
          [
            ...[0, 1, 2, 110, 20, 20, 40, 30, 20, 10, 11, 10, 0.3, 0.3, 0.3],
            ...['lv', 0, -9, 9, 1.5, 3, 'Ratio', true],
          ],
        ),
      }),
      /trafo3w 0: column tap_step_degree must hold a number where tap_at_star_point is true \(0 for none\)/,
    ],
    [
      'a shunt step that its table does not have',
      example({
        shunt: frame(
          ['bus', 'q_mvar', 'step', 'step_dependency_table', 'id_characteristic_table'],
          [1, 0, 2, true, 5],
        ),
      }),
      /shunt 0: shunt_characteristic_table has no row for id_characteristic 5 and step 2/,
    ],
    [
      'loads whose parts make more than the whole',
      example({
        load: frame(['bus', 'p_mw', 'q_mvar', 'const_i_p_percent', 'const_z_p_percent'], [2, 1, 0, 60, 50]),
      }),
      /load "0": its constant-current and constant-impedance parts make more than the whole/,
    ],
    [
      'a row with a cell too few',
      example({
        load: { _class: 'DataFrame', _object: { columns: ['bus', 'p_mw'], index: [4], data: [[2]] } },
      }),
      /table load, row 4 has 1 cells for 2 columns/,
    ],
    ...[['x'], [null], [[0, 'a']], [0.5]].map((index): [string, string, RegExp] => [
      `a row whose index is ${JSON.stringify(index[0])}`,
      example({ load: indexed(index, ['bus', 'p_mw', 'q_mvar'], [2, 6, 2]) }),
      /table load: the index of row 1 must be a whole number/,
    ]),
    [
      'a record whose id is no number',
      example({ load: [{ id: 'a', bus: 2, p_mw: 6, q_mvar: 2 }] }),
      /table load: the index of row 1 must be a whole number/,
    ],
    [
      'a column that is there twice',
      example({ load: frame(['bus', 'p_mw', 'q_mvar', 'p_mw'], [2, 6, 2, 1]) }),
      /table load has column p_mw twice/,
    ],
    [
      'a setting of the file that changes the result',
      example({ user_pf_options: { trafo_model: 'pi' } }),
      /user_pf_options asks for trafo_model = "pi"/,
    ],
    [
      'a file from before pandapower 2',
      example({ version: '1.6.1' }),
      /written by pandapower 1, which counted in kW/,
    ],
    [
      'a table that is no data frame',
      example({ load: { _class: 'DataFrame', _object: '{}' } }),
      /split orientation/,
    ],
  ];
  for (const [what, text, message] of REFUSED) {
    it(`refuses ${what}`, () => {
      assert.throws(() => toPerUnit(importPandapower(text)), { code: 'NETWORK_INVALID', message });
    });
  }

  it('names columns and tables that it does not know, and controllers, which are not run', () => {
    const { warnings, leftOut, counts } = readPandapower(
      example({
        load: frame(['bus', 'p_mw', 'q_mvar', 'mood', 'sn_mva'], [2, 1, 0, 'good', 2]),
        windmill: frame(['bus'], [1]),
        controller: frame(['object', 'in_service'], ['tap', true]),
        measurement: frame(['value'], [1]),
        line_dc: frame(['from_bus_dc', 'in_service'], [0, true]),
      }),
    );
    assert.deepEqual(warnings, [
      'load: column mood is not known and was left out',
      'table windmill is not known: its 1 rows were left out',
      'controllers are not run: every setting counts as it stands in the tables',
    ]);
    assert.deepEqual(leftOut.sort(), ['controller', 'line_dc', 'measurement', 'windmill']);
    assert.deepEqual([counts.bus, counts.load, counts.windmill], [3, 1, undefined]);
  });

  it('reads NaN and Infinity as Python writes them, and leaves them in names', () => {
    const text = example({
      load: {
        _class: 'DataFrame',
        _object:
          '{"columns":["name","bus","p_mw","q_mvar","scaling"],"index":[0],"data":[["NaN \\" Infinity",2,6,NaN,NaN]]}',
      },
      line: {
        _class: 'DataFrame',
        _object:
          '{"columns":["from_bus","to_bus","length_km","r_ohm_per_km","x_ohm_per_km","max_i_ka"],"index":[0,1],"data":[[1,2,5,0.2,0.1,Infinity],[1,2,5,0.2,0.1,-Infinity]]}',
      },
    });
    const { loads, lines } = importPandapower(text);
    assert.deepEqual([loads?.[0]?.name, loads?.[0]?.qMvar, loads?.[0]?.scaling], ['NaN " Infinity', 0, 1]);
    assert.deepEqual(
      lines?.map(({ maxKa }) => maxKa),
      [undefined, undefined],
    );
    const bare = importPandapower(
      '{"sn_mva": 1, "bus": [{"id": 0, "vn_kv": 20, "max_vm_pu": NaN}], "ext_grid": []}',
    );
    assert.equal(bare.buses[0]?.maxPu, undefined);
  });

  describe('vector groups', () => {
    const turned = (version: string | undefined, options = {}, more = {}): boolean => {
      const bus = frame(['vn_kv'], [20], [0.4], [0.4]);
      const trafo = frame([...TRAFO, 'shift_degree'], [0, 1, 0.4, 20, 0.4, 4, 1, 0.9, 0.2, 150]);
      const line = frame(['from_bus']);
      const shunt = frame(['bus']);
      const text = example({ version, bus, trafo, line, shunt, switch: frame(['bus']), ...more });
      return importPandapower(text, options).transformers?.[0]?.shiftDegree === 150;
    };
    const OFF = { user_pf_options: { calculate_voltage_angles: false } };
    it('turn angles as the pandapower that wrote the file does', () => {
      assert.deepEqual(
        ['3.5.6', '2.14.11', '2.13.1', '2.2.0', undefined].map((one) => turned(one)),
        [...[true, true, false, false, false]],
      );
    });
    it('follow the setting, and the settings that the file carries', () => {
      assert.equal(turned('2.13.1', { phaseShift: 'on' }), true);
      assert.equal(turned('3.5.6', { phaseShift: 'off' }), false);
      assert.equal(turned('3.5.6', { phaseShift: 'auto' }), false);
      assert.equal(turned('3.5.6', {}, OFF), false);
      assert.equal(turned('3.5.6', { phaseShift: 'on' }, OFF), true);
    });
    it('say so where an old file does not have them', () => {
      const trafo = frame([...TRAFO, 'shift_degree'], [0, 1, 0.4, 20, 0.4, 4, 1, 0.9, 0.2, 150]);
      const bus = frame(['vn_kv'], [20], [0.4], [0.4]);
      const { warnings } = readPandapower(example({ version: '2.13.1', bus, trafo }));
      assert.match(warnings.join(), /vector groups turn no angles, because pandapower 2.13 wrote it/);
    });
  });

  it('solves with a tap beyond its range and says so', () => {
    const trafo = frame(
      [...TRAFO, 'shift_degree', ...TAP],
      [0, 1, 25, 110, 20, 11.2, 0.282, 29, 0.5, 150, 'hv', 0, -9, 9, 1.5, -11, 'Ratio'],
    );
    const result = solvePowerFlow(importPandapower(example({ trafo })));
    assert.equal(result.converged, true);
    assert.match(result.warnings.join(), /transformer "0": tap position -11 lies outside -9 to 9/);
  });

  it('takes junk out of service for what it is', () => {
    const line = frame(
      [...LINE, 'in_service'],
      ['cable', 1, 2, 5, 0.2, 0.1, 200, 0.3, true],
      [...['junk', 2, 2, 0, 0, 0, null, null, false]],
    );
    const load = frame(['bus', 'p_mw', 'q_mvar', 'in_service'], [2, 4, 1, true], [77, null, null, false]);
    const result = solvePowerFlow(importPandapower(example({ line, load, switch: frame(['bus']) })));
    assert.equal(result.converged, true, result.reason);
  });

  it('ignores what is out of service', () => {
    const text = example({
      trafo3w: frame(['hv_bus', 'in_service'], [0, false]),
      svc: frame(['bus', 'in_service'], [0, false]),
    });
    assert.equal(solvePowerFlow(importPandapower(text)).converged, true);
  });
});

describe('a pandapower file that cannot be used', () => {
  const refused =
    (changes: Record<string, unknown>): (() => unknown) =>
    () =>
      readPandapower(example(changes));
  const load = (bus: number, p: string | number): unknown => frame(['bus', 'p_mw', 'q_mvar'], [bus, p, 0]);

  it('is refused with table, row and column of a number without end', () => {
    const text = example({ load: load(2, 'END') }).replace('\\"END\\"', 'Infinity');
    assert.throws(
      () => readPandapower(text),
      /load 0: column p_mw must hold a finite number, found Infinity/,
    );
  });

  it('is refused with table, row and column of a bus that is not there', () => {
    assert.throws(refused({ load: load(7, 1) }), /load 0: column bus names bus 7, which is not in table bus/);
    assert.doesNotThrow(refused({ load: frame(['bus', 'p_mw', 'q_mvar', 'in_service'], [7, 1, 0, false]) }));
  });
});

describe('what pandapower would make something else of', () => {
  const warningsOf = (changes: Record<string, unknown>): string[] =>
    readPandapower(example({ sgen: frame(['bus']), storage: frame(['bus']), ...changes })).warnings;
  const load = frame(['bus', 'p_mw', 'q_mvar', 'const_i_p_percent'], [1, 0.1, 0, 0], [2, 6, 2, 40]);
  const joined = (closed: boolean): unknown =>
    frame(['bus', 'element', 'et', 'closed', 'z_ohm'], [1, 2, 'b', closed, 0]);

  it('names settings of the file that are not followed, and those that are not known', () => {
    const asked = (user_pf_options: Record<string, unknown>): string[] => warningsOf({ user_pf_options });
    assert.deepEqual(asked({ init: 'dc', algorithm: 'bfsw', trafo_loading: 'current' }), []);
    assert.deepEqual(asked({ trafo_loading: 'power', trafo_modell: 'pi' }), [
      'user_pf_options asks for trafo_loading = "power": the loading of transformers is that of their currents',
      'user_pf_options: trafo_modell is not known and was left out',
    ]);
  });

  it('is named where a switch makes one bus of two whose loads follow the voltage in different ways', () => {
    assert.deepEqual(warningsOf({ load, switch: joined(false) }), []);
    assert.match(
      warningsOf({ load, switch: joined(true) }).join(),
      /bus 2: each load follows the voltage by its own/,
    );
  });

  it('is named where an empty cell counts as something', () => {
    const empty = {
      load: frame(
        ['bus', 'p_mw', 'q_mvar', 'in_service'],
        [2, 6, null, true],
        [2, 1, null, false],
        [2, 1, 0, null],
      ),
      switch: frame(
        ['bus', 'element', 'et', 'closed', 'z_ohm'],
        [1, 2, 'b', true, null],
        [1, 1, 'l', true, null],
      ),
    };
    assert.deepEqual(warningsOf(empty), [
      'load 2: column in_service is empty and counts as true',
      'load 0: column q_mvar is empty and counts as 0',
      'switch 0: column z_ohm is empty and counts as 0, which pandapower without numba takes for an open switch',
    ]);
  });

  it('is named where a column is missing that counts as something', () => {
    const bare = {
      ...{
        f_hz: undefined,
        shunt: frame(['bus', 'q_mvar'], [1, -0.4]),
        load: frame(['bus', 'p_mw'], [2, 6]),
      },
      switch: frame(['bus', 'element', 'et'], [1, 1, 'l']),
    };
    assert.deepEqual(warningsOf(bare).sort(), [
      'f_hz is missing and counts as 50',
      'load: there is no column q_mvar; it counts as 0',
      'shunt: there is no column p_mw; it counts as 0',
      'shunt: there is no column step; it counts as 1',
      "shunt: there is no column vn_kv; it counts as the bus's",
      'switch: there is no column closed; it counts as true',
    ]);
  });

  it('is read where a limit is infinite, which is none', () => {
    const endless = {
      bus: frame(['vn_kv', 'min_vm_pu', 'max_vm_pu'], [110, 0.9, 'inf'], [20, 0.9, 1.1], [20, null, null]),
      shunt: frame(['bus', 'q_mvar', 'p_mw', 'vn_kv', 'step', 'max_step'], [1, -0.4, 0, 20, 2, 'inf']),
    };
    const text = example(endless).replaceAll('\\"inf\\"', 'Infinity');
    const network = importPandapower(text);
    assert.deepEqual(
      network.buses.map(({ minPu, maxPu }) => [minPu, maxPu]),
      [
        [undefined, undefined],
        [0.9, 1.1],
        [undefined, undefined],
      ],
    );
    assert.equal(solvePowerFlow(network).converged, true);
  });

  it('is refused where an impedance has figures for one direction only', () => {
    const impedance = frame(
      ['from_bus', 'to_bus', 'rft_pu', 'xft_pu', 'rtf_pu', 'sn_mva'],
      [1, 2, 1, 1, 1, 1],
    );
    assert.throws(() => readPandapower(example({ impedance })), {
      message: /impedance 0: column xtf_pu must hold a number, found nothing/,
    });
  });
});
