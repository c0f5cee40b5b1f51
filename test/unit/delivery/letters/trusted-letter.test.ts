import assert from 'node:assert/strict';
import { Contract } from '../../../../src/contracts/contract.js';
import { builtInContract } from '../../../../src/contracts/library/built-in.js';
import { failureHeaders } from '../../../../src/delivery/letters/headers/dialects.js';
import type { DialectName } from '../../../../src/delivery/letters/headers/failure-headers.js';
import { trustedLetter } from '../../../../src/delivery/letters/trusted-letter.js';

const COMMAND = 'sites/1/devices/A/commands';
const forged = (topic: string, dialect: DialectName = 'gridwire') => ({
  topic,
  body: Buffer.from('{}'),
  headers: failureHeaders({ topic: COMMAND, code: 'FLOW_FAILED', reason: 'no' }, dialect),
});

describe('failure headers', () => {
  it('count on topics that hold letters, of every contract and of other systems', () => {
    for (const topic of [
      'sites/1/devices/A/telemetry-dlt',
      'device-telemetry-dlt',
      'dlq/celine_dt_a_b_c',
      'tracker/dlq/tracker_events_a_b',
      'env1/actions/dlq',
      'orders.DLT',
      'orders-retry-0',
      'dlq-connect',
      'my-connector-dlq',
      'dead-letters',
    ]) {
      assert.equal(trustedLetter(forged(topic), undefined)?.failure.topic, COMMAND, topic);
    }
  });

  it('count nowhere else: a device that may send telemetry does not choose where it goes', () => {
    for (const dialect of ['gridwire', 'kafka-connect', 'spring'] as const) {
      for (const topic of [
        'sites/1/devices/A/telemetry',
        'sites/1/devices/dlq/telemetry',
        'sites/dlq/devices/A-dlt/telemetry',
        'sites.1.devices.dlq.telemetry',
        'celine/dt/alert/raised/x-dlt',
        'celine/dt/dt/alert/raised/dlq',
        'battery_hawk/vehicle/dlq/summary',
        'device-telemetry',
        'home/mydlqs/1',
        'wordlqt',
      ]) {
        assert.equal(trustedLetter(forged(topic, dialect), undefined), undefined, topic);
      }
    }
  });

  it('count nowhere else below a prefix that the flow does not know', () => {
    for (const topic of [
      'plant1/sites/1/devices/dlq/telemetry',
      'plant1/sites/1/devices/a.dlq/telemetry',
      'a/b/c/sites/1/devices/x-retry-0/status',
      'plant1/ecogrid/site1/bms/x-dlt',
      'plant1.sites.1.devices.dlq.telemetry',
      'plant1/celine/dt/alert/raised/x-dlt',
    ])
      for (const contract of [undefined, new Contract(builtInContract('ecogrid-ems'), {})])
        assert.equal(trustedLetter(forged(topic), contract), undefined, topic);
    for (const topic of ['plant1/dlq/sites/1/devices/A/telemetry', 'plant1/sites/1/devices/A/telemetry-dlt'])
      assert.equal(trustedLetter(forged(topic), undefined)?.failure.topic, COMMAND, topic);
  });

  it('count by the topics of the contract that the flow has', () => {
    const prefixed = new Contract(builtInContract('ecogrid-ems'), { prefix: 'dlq' });
    assert.equal(trustedLetter(forged('dlq/sites/1/devices/A/telemetry'), prefixed), undefined);
  });
});
