import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Generation, type PartitionOffset } from '../../../../../src/brokers/kafka/inbound/generation.js';
import { PartitionLedger } from '../../../../../src/brokers/kafka/inbound/partition-ledger.js';

describe('Kafka offsets', () => {
  it('are committed only as a prefix: a slow message holds them, not those behind it', () => {
    const ledger = new PartitionLedger('t', 0, 10);
    const [a, b, c] = [10, 11, 12].map((offset) => ledger.add(offset));
    assert.ok(a && b && c);
    ledger.settle(c);
    ledger.settle(b);
    assert.equal(ledger.committable, undefined);
    ledger.settle(a);
    assert.equal(ledger.committable, 13);
    ledger.committed(13);
    assert.equal(ledger.committable, undefined);
    assert.equal(ledger.length, 0);
  });

  it('go on behind the records of Kafka itself, when what lies before them is settled', () => {
    const ledger = new PartitionLedger('t', 0, 10);
    const entry = ledger.add(10);
    ledger.passOver(10);
    assert.equal(ledger.next, 11);
    ledger.passOver(14);
    assert.deepEqual([ledger.committable, ledger.next, ledger.unsettled], [undefined, 15, 1]);
    ledger.settle(entry);
    assert.equal(ledger.committable, 15);
    ledger.passOver(17);
    assert.deepEqual([ledger.committable, ledger.length, ledger.unsettled], [18, 0, 0]);
  });

  it('never pass an unsettled message, in whatever order the others are settled, over gaps of a compacted log', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 50 }),
        fc.infiniteStream(fc.nat()),
        (gaps, picks) => {
          const ledger = new PartitionLedger('t', 0, 0);
          let offset = 0;
          const unsettled = gaps.map((gap) => ledger.add((offset += gap)));
          const newest = offset;
          for (const pick of picks) {
            const [entry] = unsettled.splice(pick % unsettled.length, 1);
            if (!entry) return;
            ledger.settle(entry);
            const oldest = Math.min(...unsettled.map((one) => one.offset), newest + 1);
            assert.ok((ledger.committable ?? 0) <= oldest);
            if (unsettled.length === 0) {
              assert.equal(ledger.committable, newest + 1);
              return;
            }
          }
        },
      ),
    );
  });

  it('are not committed after the generation has ended, however late the settlement comes', async () => {
    const sent: PartitionOffset[] = [];
    const generation = new Generation();
    generation.commit = (offsets) => Promise.resolve(void sent.push(...offsets));
    const ledger = generation.ledger('t', 3, 5);
    const [first, late] = [ledger.add(5), ledger.add(6)];
    ledger.settle(first);
    assert.equal(await generation.flush(), true);
    generation.close();
    ledger.settle(late);
    await generation.flush();
    assert.deepEqual(sent, [{ topic: 't', partition: 3, offset: '6' }]);
  });

  it('that could not be committed are committed by the next attempt', async () => {
    const sent: PartitionOffset[] = [];
    const generation = new Generation();
    generation.commit = () => Promise.reject(new Error('coordinator away'));
    const ledger = generation.ledger('t', 0, 0);
    ledger.settle(ledger.add(0));
    assert.equal(await generation.flush(), false);
    generation.commit = (offsets) => Promise.resolve(void sent.push(...offsets));
    assert.equal(await generation.flush(), true);
    assert.deepEqual(sent, [{ topic: 't', partition: 0, offset: '1' }]);
  });

  it('start anew when the log was reset to an earlier offset', () => {
    const generation = new Generation();
    const before = generation.ledger('t', 0, 100);
    before.add(100);
    assert.equal(generation.ledger('t', 0, 101), before);
    assert.notEqual(generation.ledger('t', 0, 0), before);
  });
});
