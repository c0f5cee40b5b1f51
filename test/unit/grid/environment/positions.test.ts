import assert from 'node:assert/strict';
import { ieee34 } from '../../../../src/grid/built-in/ieee34.js';
import type { Conditions } from '../../../../src/grid/devices/device.js';
import type { EnvironmentConfig } from '../../../../src/grid/environment/config.js';
import { GridEnvironment } from '../../../../src/grid/environment/environment.js';
import type { StepResult } from '../../../../src/grid/environment/step-result.js';

const EVENING: Conditions = {
  ...{ loadScale: 0.5, irradianceWPerM2: 0, ambientC: 10, windMPerS: 0, pricePerMwh: 80 },
};

describe('positions in the grid environment', () => {
  it('moves taps and shunts of the network', () => {
    const config: EnvironmentConfig = {
      network: 'ieee34',
      conditions: [EVENING],
      agents: [
        {
          id: 'DSO',
          devices: [
            { id: 'C', kind: 'shunt', shunt: 'capacitor 848', maxPosition: 4, switchingCost: 2 },
            ...[
              {
                id: 'R',
                kind: 'tap-changer' as const,
                transformer: 'regulator 2',
                minPosition: -16,
                maxPosition: 16,
              },
            ].map((device) => ({ ...device, startPosition: 16 })),
          ],
        },
      ],
    };
    const environment = new GridEnvironment(config);
    const at848 = environment.network.buses.findIndex(({ id }) => id === '848');
    const before = environment.step();
    const after = environment.step({ DSO: { C: { position: 1 } } });
    assert.ok((after.voltages[at848] ?? 0) > (before.voltages[at848] ?? 0) + 0.01);
    assert.equal(after.agents[0]?.cost, 2);
    const lowered = environment.step({ DSO: { C: { position: 1 }, R: { position: 8 } } });
    assert.ok((lowered.voltages[at848] ?? 0) < (after.voltages[at848] ?? 0) - 0.02);
  });

  describe('with a capacitor and a tap changer elsewhere', () => {
    const devices = [
      { id: 'C', kind: 'shunt' as const, shunt: 'capacitor 848', maxPosition: 4 },
      {
        ...{ id: 'R', kind: 'tap-changer' as const, transformer: 'regulator 2' },
        ...{ minPosition: -16, maxPosition: 16, startPosition: 16 },
      },
    ];
    const settled = (id: string, position: number): StepResult => {
      const environment = new GridEnvironment({
        ...{ network: 'ieee34', conditions: [EVENING], agents: [{ id: 'DSO', devices }] },
      });
      return environment.settle(new Map([[id, { pMw: 0, qMvar: 0, position }]]));
    };

    it('moves them by what they report', () => {
      assert.deepEqual(settled('C', 2).silent, ['R']);
      assert.equal(settled('C', 2).devices[0]?.position, 2);
    });

    for (const [id, position] of [
      ['C', -2],
      ['C', 1e9],
      ['C', 1.5],
      ['R', 17],
      ['R', -40],
    ] as const) {
      it(`takes ${position} of ${id}, which it cannot have, for no report`, () => {
        const result = settled(id, position);
        assert.deepEqual(result.silent, ['C', 'R']);
        assert.deepEqual(result, settled('nobody', 0));
      });
    }
  });

  it('goes on failing where a position has no counterpart in the network, until the device has left it', () => {
    const network = ieee34();
    const capacitor = network.shunts?.find(({ id }) => id === 'capacitor 848');
    capacitor!.table = [0, 1].map((step) => ({ step, pMw: 0, qMvar: -0.15 * step }));
    const environment = new GridEnvironment({
      ...{ network, conditions: [EVENING] },
      agents: [{ id: 'DSO', devices: [{ id: 'C', kind: 'shunt', shunt: 'capacitor 848', maxPosition: 4 }] }],
    });
    const missing = /shunt "capacitor 848": step 3 is not in its table/;
    assert.throws(() => environment.step({ DSO: { C: { position: 3 } } }), missing);
    assert.throws(() => environment.step(), missing, 'no step is taken with the equations of the one before');
    assert.equal(environment.step({ DSO: { C: { position: 1 } } }).devices[0]?.position, 1);
  });
});
