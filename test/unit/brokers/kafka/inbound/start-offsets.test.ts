import assert from 'node:assert/strict';
import { parseOffsets } from '../../../../../src/brokers/kafka/inbound/start-offsets.js';

describe('Kafka offsets to start from', () => {
  it('are read by topic and partition, topics spelled either way', () => {
    const offsets = parseOffsets(
      ' device-telemetry:0:1500, device-telemetry:1:0 ,sites/7:3:9007199254740993',
    );
    assert.deepEqual(
      offsets,
      new Map([
        [
          'device-telemetry',
          new Map([
            [0, 1500n],
            [1, 0n],
          ]),
        ],
        ['sites.7', new Map([[3, 9007199254740993n]])],
      ]),
    );
  });

  for (const text of [
    '',
    ' , ',
    'orders',
    'orders:0',
    'orders:x:1',
    'orders:0:-1',
    '0:1',
    'orders:0:1 orders:1:1',
  ]) {
    it(`are refused where they are none: ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseOffsets(text), { code: 'SETTING_INVALID' });
    });
  }
});
