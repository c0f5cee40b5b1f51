import assert from 'node:assert/strict';
import { Pulse } from '../../../../../src/brokers/kafka/cluster/pulse.js';
import { ManualClock } from '../../../../support/manual-clock.js';

describe('the pulse of a Kafka cluster', () => {
  it('is missed for as long as nothing is answered, a refusal being no answer, and begins anew with a connection', async () => {
    const clock = new ManualClock();
    const pulse = new Pulse(clock);
    const asked: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const ask = (): Promise<void> => new Promise((resolve, reject) => asked.push({ resolve, reject }));
    pulse.start(ask);
    assert.equal(pulse.silentFor, undefined);
    await clock.pass(2_000);
    asked[0]?.resolve();
    await clock.pass(0);
    assert.equal(pulse.silentFor, undefined);

    await clock.pass(2_000);
    await clock.pass(10_000);
    assert.deepEqual([asked.length, pulse.silentFor], [2, 10_000], 'one question at a time');
    asked[1]?.reject(new Error('Kafka did not answer in time.'));
    await clock.pass(2_000);
    assert.deepEqual([asked.length, pulse.silentFor], [3, 12_000]);
    asked[2]?.resolve();
    await clock.pass(0);
    assert.equal(pulse.silentFor, undefined);

    await clock.pass(2_000);
    pulse.start(ask);
    assert.equal(pulse.silentFor, undefined);
    await clock.pass(2_000);
    asked[3]?.resolve();
    await clock.pass(500);
    assert.equal(pulse.silentFor, 500, 'the answer to a question of the connection before');
    pulse.stop();
    await clock.pass(10_000);
    assert.deepEqual([asked.length, pulse.silentFor], [5, undefined]);
  });
});
