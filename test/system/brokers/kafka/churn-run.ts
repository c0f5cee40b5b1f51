import { setTimeout as delay } from 'node:timers/promises';
import type { Delivery } from '../../../../src/brokers/broker.js';
import type { KafkaBroker } from '../../../../src/brokers/kafka/kafka-broker.js';
import { until } from '../../../support/wait.js';

export interface ChurnOptions {
  topic: string;
  /** How often a second member comes, and after as long goes again: two rebalances each. */
  rounds: number;
  /** Milliseconds between two rebalances, at least; and some messages are settled between them. */
  every: number;
}

export interface ChurnResult {
  sent: number;
  rebalances: number;
  lost: number;
  /** Delivered again; unsettled messages of a partition that moves are. */
  repeated: number;
  /** First deliveries that came after a later one of their key. */
  disordered: number;
}

const KEYS = 10;
const BATCH = 50;
const SETTLED_BETWEEN = 100;
const PATIENCE = 60_000;

/** Members of a group come and go while messages are written without a pause; what becomes of the messages. */
export async function churnRun(
  connected: (clientId: string) => Promise<KafkaBroker>,
  { topic, rounds, every }: ChurnOptions,
): Promise<ChurnResult> {
  const publisher = await connected('publisher');
  const settled = new Set<number>();
  const result: ChurnResult = { sent: 0, rebalances: 0, lost: 0, repeated: 0, disordered: 0 };
  const take = watchOrder(settled, result);
  const steady = await connected('steady');
  await steady.subscribe(topic, take, { group: 'churn' });
  const churn = { ends: false };
  const flow = (async () => {
    while (!churn.ends) {
      const first = result.sent;
      result.sent += BATCH;
      await Promise.all(Array.from({ length: BATCH }, (_, index) => send(publisher, topic, first + index)));
    }
  })();
  const nextChange = async () => {
    const before = settled.size;
    await Promise.all([
      delay(every),
      until('some were settled', () => settled.size > before + SETTLED_BETWEEN, PATIENCE + every),
    ]);
    result.rebalances += 1;
  };
  for (let round = 0; round < rounds; round += 1) {
    const guest = await connected(`guest-${round}`);
    await guest.subscribe(topic, take, { group: 'churn' });
    await nextChange();
    await guest.disconnect();
    await nextChange();
  }
  churn.ends = true;
  await flow;
  await until('all were settled', () => settled.size === result.sent, PATIENCE).catch(() => undefined);
  return { ...result, lost: result.sent - settled.size };
}

/** A handler that settles each message a moment later, some later than those behind them. */
function watchOrder(settled: Set<number>, result: ChurnResult): (delivery: Delivery) => void {
  const last = new Map<string, number>();
  return (delivery) => {
    const { redelivered, body } = delivery.message;
    const key = String(delivery.message.key ?? '');
    const number = Number(Buffer.from(body).toString());
    if (redelivered || settled.has(number)) result.repeated += 1;
    else {
      // A first delivery never comes after a later one of its key; repetitions begin again from the last commit.
      if ((last.get(key) ?? -1) > number) result.disordered += 1;
      last.set(key, number);
    }
    setTimeout(() => {
      settled.add(number);
      delivery.settle('ack');
    }, number % 7);
  };
}

function send(broker: KafkaBroker, topic: string, number: number) {
  const body = Buffer.from(String(number));
  return broker.publish({ topic, body, key: `device-${number % KEYS}`, qos: 1, retain: false, headers: {} });
}
