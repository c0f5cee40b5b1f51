import { DEFAULT_BREAKER } from '../../../src/delivery/outbound/breaker.js';
import { Elsewhere } from '../../../src/delivery/outbound/elsewhere.js';
import { Outbox } from '../../../src/delivery/outbound/outbox.js';
import { SentBefore } from '../../../src/delivery/outbound/sent-before.js';
import { type JournalStore, StoreJournal } from '../../../src/delivery/outbound/store-journal.js';
import type { Machines } from './machines.js';

/** How long a node that is closed waits for what is under way, milliseconds. */
const PATIENCE = 2_000;

export const queueOf: Machines['queueOf'] = (node, server) => `publish ${node} to ${server}`;

export const newOutbox: Machines['outbox'] = (
  { node, server, broker, onLost },
  { clock, random, store, profile, sentBefore },
) => {
  const { publish } = profile;
  const retry = { attempts: publish.retries, delay: 500, factor: 2, maximumDelay: 5_000 };
  const { count: maxCount, bytes: maxBytes, window, maxAge, whenFull, threshold, drainRate } = publish;
  const inMemory = { count: publish.inMemory, bytes: 1_000_000 };
  const breaker = { ...DEFAULT_BREAKER, threshold };
  const open = (): Promise<JournalStore> => Promise.resolve(store as unknown as JournalStore);
  const queue = queueOf(node, server);
  const sent = sentBefore.get(queue) ?? new SentBefore();
  sentBefore.set(queue, sent);
  const durable = store && { journal: new StoreJournal(open, queue), sentBefore: sent, retry, onLost };
  const others = store && {
    open: () => Promise.resolve(store),
    isOne: (queue: string) => queue.includes(`publish ${node} to `) && !queue.endsWith(queueOf(node, server)),
    isRequired: true,
  };
  const elsewhere = new Elsewhere(() => (others === undefined ? [] : [others]), clock);
  const surroundings = { clock, random, elsewhere, ...(durable === undefined ? {} : { durable }) };
  const outbox = new Outbox(
    broker,
    { maxCount, maxBytes, window, maxAge, whenFull, breaker, inMemory, drainRate },
    surroundings,
  );
  return {
    send: (message, origin) =>
      outbox.send(
        message,
        { retry, liveFirst: publish.liveFirst },
        origin && { name: `${origin.key}#1`, found: origin.mayExist ? 'same' : 'other' },
      ),
    close: () => {
      outbox.close();
      return outbox.atRest(PATIENCE);
    },
    get size() {
      return outbox.size;
    },
  };
};
