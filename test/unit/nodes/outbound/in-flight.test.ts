import assert from 'node:assert/strict';
import { InFlight } from '../../../../nodes/outbound/in-flight.js';

describe('InFlight', () => {
  it('waits for what is under way, and for what arrives in the next turn', async () => {
    const inFlight = new InFlight();
    const order: string[] = [];
    let finish = (): void => undefined;
    setImmediate(() => {
      void inFlight
        .track(() => new Promise<void>((resolve) => (finish = resolve)))
        .then(() => order.push('work'));
      setImmediate(() => setImmediate(() => setImmediate(finish)));
    });
    await inFlight.settled(60_000);
    order.push('settled');
    assert.deepEqual(order, ['work', 'settled']);
  });

  it('waits no longer than it was told', async () => {
    const inFlight = new InFlight();
    void inFlight.track(() => new Promise<void>(() => undefined));
    await inFlight.settled(1);
  });

  it('passes the result and the failure of the work on', async () => {
    const inFlight = new InFlight();
    assert.equal(await inFlight.track(() => Promise.resolve(1)), 1);
    await assert.rejects(
      inFlight.track(() => Promise.reject(new Error('refused'))),
      /refused/,
    );
    await inFlight.settled(60_000);
  });
});
