import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clearMarket, confirmations, ordersFromDemand } from '../../../src/grid/market.js';

describe('peer-to-peer market', () => {
  it('matches the highest bid with the lowest offer at the midpoint', () => {
    const trades = clearMarket(
      [
        { agent: 'B1', quantity: 2, price: 60 },
        { agent: 'B2', quantity: 2, price: 70 },
        { agent: 'B3', quantity: 5, price: 30 },
      ],
      [
        { agent: 'S1', quantity: 3, price: 50 },
        { agent: 'S2', quantity: 3, price: 40 },
      ],
    );
    assert.deepEqual(trades, [
      { buyer: 'B2', seller: 'S2', quantity: 2, price: 55 },
      { buyer: 'B1', seller: 'S2', quantity: 1, price: 50 },
      { buyer: 'B1', seller: 'S1', quantity: 1, price: 55 },
    ]);
    assert.deepEqual(confirmations(trades).get('S2'), [
      { counterparty: 'B2', quantity: -2, price: 55 },
      { counterparty: 'B1', quantity: -1, price: 50 },
    ]);
    assert.equal(confirmations(trades).has('B3'), false);
  });

  it('makes orders from what agents lack and have to spare', () => {
    const { bids, offers } = ordersFromDemand([
      { id: 'A', netDemandMw: 0.3, marginalCost: 50 },
      { id: 'B', netDemandMw: -0.2, marginalCost: 40 },
      { id: 'C', netDemandMw: 0, marginalCost: 40 },
    ]);
    assert.deepEqual(bids, [{ agent: 'A', quantity: 0.3, price: 60 }]);
    assert.deepEqual(offers, [{ agent: 'B', quantity: 0.2, price: 32 }]);
  });

  it('never trades more than was ordered, nor at a price that one side refused', () => {
    const order = fc.record({
      agent: fc.constantFrom('A', 'B', 'C', 'D'),
      quantity: fc.double({ min: 0, max: 5, noNaN: true }),
      price: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(order), fc.array(order), (bids, offers) => {
        const trades = clearMarket(bids, offers);
        const sum = (list: { quantity: number }[]): number =>
          list.reduce((total, one) => total + one.quantity, 0);
        const traded = sum(trades);
        assert.ok(traded <= Math.min(sum(bids), sum(offers)) + 1e-9);
        for (const { price, quantity } of trades) {
          assert.ok(quantity > 0);
          assert.ok(price <= Math.max(...bids.map((one) => one.price)));
          assert.ok(price >= Math.min(...offers.map((one) => one.price)));
        }
      }),
    );
  });
});
