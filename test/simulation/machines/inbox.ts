import { InboxDriver } from '../../../src/delivery/inbound/inbox-driver.js';
import { InboxQueueStore } from '../../../src/delivery/inbound/inbox-store.js';
import type { EventStore } from '../../../src/store/event-store.js';
import type { Machines } from './machines.js';

/** Repetitions are remembered for as long as a schedule lasts. */
const WINDOW = { count: 1_000, age: 10 * 365 * 24 * 3_600_000 };

export const newInbox: Machines['inbox'] = (node, work, { clock, random, store, profile }) => {
  const { attempts, onReceipt, duplicates } = profile.inbox;
  const kept =
    store &&
    new InboxQueueStore({
      open: () => Promise.resolve(store as unknown as EventStore),
      nameIn: () => Promise.resolve(`settle ${node}`),
      scope: `settle ${node}`,
      clock,
      window: WINDOW,
    });
  const isAsked = kept !== undefined && duplicates;
  const { idOf: _idOf, ...unasked } = work;
  return new InboxDriver(
    {
      clock,
      random,
      work: isAsked ? work : unasked,
      ...(kept === undefined || onReceipt ? {} : { store: kept }),
      tell: (error) => work.tell(error),
    },
    {
      retry: { attempts, delay: 500, factor: 2, maximumDelay: 5_000 },
      onReceipt,
      holdsAtMost: 100,
      ...(isAsked ? { remembersIds: WINDOW.age } : {}),
    },
  );
};
