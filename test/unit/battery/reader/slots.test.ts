import assert from 'node:assert/strict';
import { Slots } from '../../../../src/battery/reader/slots.js';

const never = new AbortController().signal;

describe('Slots', () => {
  it('gives a slot to the one who has waited longest', async () => {
    const slots = new Slots(1);
    const giveBack = await slots.acquire(never);
    const order: string[] = [];
    const first = slots.acquire(never).then((next) => {
      order.push('first');
      next();
    });
    const second = slots.acquire(never).then(() => order.push('second'));
    assert.deepEqual(order, []);
    giveBack();
    await Promise.all([first, second]);
    assert.deepEqual(order, ['first', 'second']);
  });

  it('loses no slot to one who gave up waiting, or gives back twice', async () => {
    const slots = new Slots(1);
    const giveBack = await slots.acquire(never);
    const impatient = new AbortController();
    const waiting = slots.acquire(impatient.signal);
    impatient.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    giveBack();
    giveBack();
    await slots.acquire(never);
    const full = AbortSignal.timeout(5);
    await assert.rejects(slots.acquire(full), 'a slot was given out twice');
  });
});
