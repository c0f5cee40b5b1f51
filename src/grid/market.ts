/** What one participant wants to trade in a period: a quantity in MW and the worst price it accepts. */
export interface Order {
  agent: string;
  quantity: number;
  price: number;
}

export interface Trade {
  buyer: string;
  seller: string;
  quantity: number;
  /** Midpoint of both prices. */
  price: number;
}

/** One participant's view of its trades: positive quantities are bought, negative sold. */
export interface TradeConfirmation {
  counterparty: string;
  quantity: number;
  price: number;
}

/** Smaller remainders are rounding, not energy. */
const SMALLEST_QUANTITY = 1e-12;

/**
 * Clears a peer-to-peer market: the highest bid meets the lowest offer at the midpoint of their prices, for as long
 * as a buyer pays what a seller wants. Of equal prices, the earlier order goes first.
 */
export function clearMarket(bids: readonly Order[], offers: readonly Order[]): Trade[] {
  const buyers = bids.map((bid) => ({ ...bid })).sort((a, b) => b.price - a.price);
  const sellers = offers.map((offer) => ({ ...offer })).sort((a, b) => a.price - b.price);
  const trades: Trade[] = [];
  let next = 0;
  for (const buyer of buyers) {
    while (buyer.quantity > SMALLEST_QUANTITY) {
      const seller = sellers[next];
      if (seller === undefined || buyer.price < seller.price) return trades;
      const quantity = Math.min(buyer.quantity, seller.quantity);
      if (quantity > SMALLEST_QUANTITY) {
        const price = (buyer.price + seller.price) / 2;
        trades.push({ buyer: buyer.agent, seller: seller.agent, quantity, price });
      }
      buyer.quantity -= quantity;
      seller.quantity -= quantity;
      if (seller.quantity <= SMALLEST_QUANTITY) next++;
    }
  }
  return trades;
}

/** Orders from what each agent lacks (MW, negative: has to spare): it bids up to 120 % of its marginal cost, and offers from 80 %. */
export function ordersFromDemand(
  agents: readonly { id: string; netDemandMw: number; marginalCost: number }[],
): { bids: Order[]; offers: Order[] } {
  const bids: Order[] = [];
  const offers: Order[] = [];
  for (const { id, netDemandMw, marginalCost } of agents) {
    if (netDemandMw > 0) bids.push({ agent: id, quantity: netDemandMw, price: 1.2 * marginalCost });
    if (netDemandMw < 0) offers.push({ agent: id, quantity: -netDemandMw, price: 0.8 * marginalCost });
  }
  return { bids, offers };
}

/** The trades by participant; who did not trade has no entry. */
export function confirmations(trades: readonly Trade[]): Map<string, TradeConfirmation[]> {
  const byAgent = new Map<string, TradeConfirmation[]>();
  const add = (agent: string, confirmation: TradeConfirmation): void => {
    byAgent.set(agent, [...(byAgent.get(agent) ?? []), confirmation]);
  };
  for (const { buyer, seller, quantity, price } of trades) {
    add(buyer, { counterparty: seller, quantity, price });
    add(seller, { counterparty: buyer, quantity: -quantity, price });
  }
  return byAgent;
}
