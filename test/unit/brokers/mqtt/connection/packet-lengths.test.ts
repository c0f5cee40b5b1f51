import assert from 'node:assert/strict';
import v8 from 'node:v8';
import vm from 'node:vm';
import { generate } from 'mqtt-packet';
import { keepPacketLengths } from '../../../../../src/brokers/mqtt/connection/packet-lengths.js';

const MB = 1_048_576;

describe('the lengths that mqtt-packet keeps', () => {
  it('do not hold a piece of the pool each, when packets of many sizes are written now and then', async () => {
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc') as () => void;
    keepPacketLengths();
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    collect();
    const before = process.memoryUsage().arrayBuffers;
    for (let size = 0; size < 2_000; size += 1) {
      generate({
        cmd: 'publish',
        topic: 't',
        payload: Buffer.alloc(size),
        qos: 0,
        dup: false,
        retain: false,
      });
      // What else goes on uses the pool up.
      for (let other = 0; other < 4; other += 1) Buffer.allocUnsafe(30_000);
    }
    collect();
    const growth = (process.memoryUsage().arrayBuffers - before) / MB;
    assert.ok(growth < 10, `${growth} MB`);
  });
});
