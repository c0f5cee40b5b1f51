import { newInbox } from './inbox.js';
import type { Machines } from './machines.js';
import { newOutbox, queueOf } from './outbox.js';

/** The inbox and the outbox as they are, with their drivers. */
export const machines: Machines = { outbox: newOutbox, queueOf, inbox: newInbox };
