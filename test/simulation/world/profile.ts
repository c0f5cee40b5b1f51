import { Random } from '../engine/random.js';

/** What can happen, and how often: its weight among the others. */
export const ACTIONS = [
  'send',
  'arrive',
  'store',
  'storeLate',
  'storeFault',
  'storeFull',
  'storeCopied',
  'storeExchanged',
  'broker',
  'refuse',
  'quota',
  'deliver',
  'acknowledge',
  'flowDone',
  'flowFails',
  'flowAway',
  'flowRefuses',
  'flowHolds',
  'decide',
  'discardHeld',
  'time',
  'cut',
  'connect',
  'serverDown',
  'kill',
  'start',
  'deploySource',
  'deployPublish',
  'deployAll',
  'disable',
  'swapBrokers',
  'clock',
  'suspend',
  'takeOver',
  'otherSends',
  'recover',
] as const;

export type ActionKind = (typeof ACTIONS)[number];

/** The weather of one schedule, made of its seed: how often each thing comes, and the bounds of what is tried. */
export interface Profile {
  /** Where events come from and go to. */
  shape: 'out' | 'in' | 'through';
  weights: Record<ActionKind, number>;
  length: number;
  /** Events are kept in a store. */
  durable: boolean;
  publish: {
    count: number;
    bytes: number;
    /** Failures in a row after which the broker is left alone for a while. */
    threshold: number;
    /** Events of a journal that are in memory at once. */
    inMemory: number;
    window: number;
    maxAge: number;
    whenFull: 'reject' | 'drop-oldest';
    retries: number;
    /** New events go before those that waited for the connection. */
    liveFirst: boolean;
    /** What waited for a connection is sent so many times a second; 0: as fast as it goes. */
    drainRate: number;
  };
  wire: { all: number; exactlyOnce: number };
  intake: { window: number; bound: number; isLog: boolean; rebinds: boolean };
  inbox: { duplicates: boolean; onReceipt: boolean; wiredRejected: boolean; attempts: number };
  /** Topics in use: few, so that order matters. */
  topics: number;
  /** The share of events that are commands, and how long they are good for, milliseconds. */
  commands: { share: number; life: number };
  /** The share of events with an id or a reason that a strict database refuses. */
  hostile: number;
  /** The share of events that come with an id that came before. */
  repeated: number;
  /** Devices say the same thing again and again: equal bytes under one topic, which only their broker can tell apart. */
  twins: boolean;
  /** The share of the events that are as large as all the bounds together. */
  huge: number;
  /** The store is a database in which another instance takes what the dead have left. */
  shared: boolean;
  /** Before the end many events fail one after the other. */
  storm: boolean;
  /** A second broker, and a publish node for it. */
  brokers: 1 | 2;
}

const USUAL: Record<ActionKind, number> = {
  send: 10,
  arrive: 10,
  store: 30,
  storeLate: 4,
  storeFault: 2,
  storeFull: 0.3,
  storeCopied: 0.3,
  storeExchanged: 0.15,
  broker: 25,
  refuse: 0.7,
  quota: 0.7,
  deliver: 20,
  acknowledge: 6,
  flowDone: 14,
  flowFails: 4,
  flowAway: 1,
  flowRefuses: 1,
  flowHolds: 8,
  decide: 8,
  discardHeld: 1,
  time: 14,
  cut: 1.5,
  connect: 5,
  serverDown: 0.5,
  kill: 0.7,
  start: 4,
  deploySource: 0.7,
  deployPublish: 0.7,
  deployAll: 0.7,
  disable: 0.4,
  swapBrokers: 0.3,
  clock: 0.5,
  suspend: 0.4,
  takeOver: 2,
  otherSends: 2,
  recover: 0.4,
};

/** What goes on by itself; all else is a fault or an interference, and may be absent from a schedule altogether. */
const PROGRESS: ReadonlySet<ActionKind> = new Set([
  'send',
  'arrive',
  'store',
  'broker',
  'deliver',
  'acknowledge',
  'flowDone',
  'time',
  'connect',
  'start',
]);

export function profileOf(seed: number): Profile {
  const random = new Random(seed);
  const weights = { ...USUAL };
  for (const kind of ACTIONS) {
    if (PROGRESS.has(kind)) weights[kind] *= 0.3 + random.next() * 1.4;
    else weights[kind] *= random.chance(0.45) ? 0 : random.next() * 4;
  }
  // Now and then one kind of trouble comes again and again.
  if (random.chance(0.3)) weights[random.pick(ACTIONS)] *= 8;
  // Who holds is decided about.
  weights.decide = weights.flowHolds;
  const shape = random.pick(['out', 'out', 'in', 'in', 'through'] as const);
  if (shape !== 'out') weights.send = 0;
  if (shape === 'out')
    for (const kind of [
      'arrive',
      'deliver',
      'flowDone',
      'flowFails',
      'flowHolds',
      'decide',
      'discardHeld',
    ] as const)
      weights[kind] = 0;
  const window = random.pick([1, 2, 3, 5]);
  const durable = random.chance(0.75);
  const isLog = random.chance(0.4);
  const shared = shape === 'out' && durable && random.chance(0.3);
  if (shared) for (const kind of ['suspend', 'takeOver', 'otherSends'] as const) weights[kind] += 2;
  const profile: Profile = {
    shape,
    weights,
    length: random.between(20, 160),
    durable,
    publish: {
      count: random.pick([3, 5, 20]),
      bytes: random.pick([500, 20_000]),
      threshold: random.pick([1, 3]),
      inMemory: random.pick([1, 2, 1_000]),
      window,
      maxAge: random.pick([20_000, 3_600_000]),
      whenFull: random.chance(0.8) ? 'reject' : 'drop-oldest',
      retries: random.pick([1, 1, 3]),
      liveFirst: random.chance(0.15),
      drainRate: random.pick([0, 0, 0, 5]),
    },
    wire: { all: random.pick([1, 2, 4, 100]), exactlyOnce: random.pick([1, 2, 100]) },
    intake: {
      window: random.pick([1, 2, 4, 8]),
      bound: random.pick([4, 100]),
      isLog,
      rebinds: random.chance(0.6),
    },
    inbox: {
      duplicates: random.chance(0.4),
      onReceipt: random.chance(0.1),
      wiredRejected: random.chance(0.3),
      attempts: random.pick([1, 2, 3]),
    },
    topics: random.pick([1, 1, 2, 4]),
    commands: { share: random.pick([0, 0, 0.3]), life: random.pick([500, 5_000]) },
    hostile: random.pick([0, 0, 0, 0.2]),
    repeated: random.pick([0, 0.3]),
    twins: isLog && random.chance(0.2),
    huge: random.pick([0, 0, 0.1]),
    shared,
    storm: shape === 'in' && durable && random.chance(0.012),
    brokers: random.chance(0.3) ? 2 : 1,
  };
  // MQTT uses packet ids again. Not where they go on into a durable outbox: see what is left in docs/decisions/0054.
  if (!isLog && (shape !== 'through' || !durable)) profile.twins = new Random(seed * 17 + 5).chance(0.2);
  return profile;
}
