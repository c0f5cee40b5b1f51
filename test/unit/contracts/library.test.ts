import assert from 'node:assert/strict';
import { contracts } from '../../../src/index.js';
import { refusal } from './helpers/check.js';

describe('contracts as a library', () => {
  it('builds, serialises and reads an event with a typed payload', () => {
    const event = contracts.celineDt.build(
      'app-execution-started',
      { app_key: 'pv', request_id: 'r1', config_hash: null },
      { members: { correlation_id: 'r1' } },
    );
    const { topic, body } = contracts.celineDt.serialise(event);
    const back = contracts.celineDt.parse({ topic, body });
    if (back.type !== 'app-execution-started') assert.fail(back.type);
    const requestId: string = back.payload.request_id;
    assert.equal(requestId, 'r1');
  });

  it('does not let a program build from a wrong payload, neither the compiler nor the contract', () => {
    const wrong = { device_id: 'AA:BB:CC:DD:EE:FF', timestamp: 0, voltage: 'high' };
    // @ts-expect-error -- a voltage is a number
    const build = () => contracts.batteryHawk.build('reading', wrong);
    assert.equal(refusal(build).code, 'SCHEMA_VIOLATION');
  });

  it('opens a dialect beside the documented form', () => {
    const deployed = contracts.ecogridEms.with({ dialect: 'deployed' });
    const event = deployed.parse({ topic: 'ecogrid/site1/bms/001', body: '{"soc":50}' });
    assert.equal(event.type, 'telemetry-bms');
    assert.equal(contracts.ecogridEms.contract.dialect, 'documented');
  });

  it('reads objects as well as bytes and text', () => {
    const topic = 'sites/1/devices/INV-001/telemetry';
    for (const body of [{ powerKw: 45.2 }, '{"powerKw":45.2}', Buffer.from('{"powerKw":45.2}')]) {
      assert.deepEqual(contracts.ecogridEms.parse({ topic, body }).payload, { powerKw: 45.2 });
    }
  });
});
