import assert from 'node:assert/strict';
import { Contract } from '../../../../src/contracts/contract.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';

const deployed = new Contract(builtInContract('battery-hawk'), { dialect: 'deployed' });
const identity = { device_id: 'AA:BB:CC:DD:EE:FF', timestamp: '2026-01-15T10:30:00.000Z' };

describe('Battery Hawk as it runs', () => {
  it('has in every reading what its consumers look for, null where nothing was measured', () => {
    const unconfirmed = { state_code: 2, rapid_acceleration: 7, rapid_deceleration: 9, tail: '02' };
    const payload = {
      ...identity,
      voltage: 12.6,
      state_of_charge: 85,
      extra: { source: 'link', unconfirmed },
    };
    const { envelope } = deployed.build('reading', { payload });
    const { current, temperature, state, rapid_acceleration, rapid_deceleration, source } = envelope;
    assert.deepEqual(
      { current, temperature, state, rapid_acceleration, rapid_deceleration, source },
      {
        current: null,
        temperature: null,
        state: 2,
        rapid_acceleration: 7,
        rapid_deceleration: 9,
        source: 'link',
      },
    );
    assert.equal(envelope['power'], undefined);
    assert.equal(deployed.build('reading', { payload: { ...payload, current: 2 } }).envelope['power'], 25.2);
  });

  it('has the latest reading in a status, at the top and in a member', () => {
    const latest_reading = { timestamp: identity.timestamp, voltage: 12.6, state_of_charge: 85 };
    const { envelope } = deployed.build('status', {
      payload: { ...identity, connected: false, latest_reading },
    });
    assert.deepEqual(envelope, {
      ...identity,
      ...{ connected: false, latest_reading, voltage: 12.6, state_of_charge: 85 },
    });
  });
});
