import assert from 'node:assert/strict';
import { InFlight } from '../../../../nodes/outbound/in-flight.js';

describe('InFlight', () => {
  it('waits for what is under way, and for what arrives in the next turn', async () => {
    const inFlight = new InFlight();
    const order: string[] = [];
    const finish = (): void => {
      order.push('work');
      inFlight.end();
    };
    setImmediate(() => {
      inFlight.begin();
      setImmediate(() => setImmediate(() => setImmediate(finish)));
    });
    await inFlight.settled(60_000);
    order.push('settled');
    assert.deepEqual(order, ['work', 'settled']);
  });

  it('waits no longer than it was told', async () => {
    const inFlight = new InFlight();
    inFlight.begin();
    await inFlight.settled(1);
  });

  it('waits for nothing when all has ended', async () => {
    const inFlight = new InFlight();
    inFlight.begin();
    inFlight.end();
    await inFlight.settled(60_000);
    assert.equal(inFlight.count, 0);
  });
});
