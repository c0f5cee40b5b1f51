import type { Database } from '../engine/database.js';
import type { Machines } from '../machines/machines.js';
import type { SimProcess } from '../world/sim-process.js';
import type { InBooks, InEvent } from './in-books.js';
import type { OutBooks } from './out-books.js';
import { numberOf } from './numbers.js';
import type { Verdicts } from './violation.js';

/** A message that failed is tried again within this time after its wait is over, milliseconds. */
const PATIENCE = 30_000;
/** The longest wait that the rule for attempts gives, milliseconds. */
const LONGEST_WAIT = 10_000;

/** One event of a source waits once for a publish node, whatever happened between, and whichever broker it has now. */
export function checkRows({ outbox }: Database, verdicts: Verdicts): void {
  const seen = new Set<string>();
  for (const { queue, message } of outbox) {
    const [, node = queue] = /publish (\S+) to/.exec(queue) ?? [];
    const place = `${node} ${String(message.headers['source'])}`;
    verdicts.hold(!seen.has(place), 'one row for one event of a source', () => place);
    seen.add(place);
  }
}

/** At rest an outbox counts what it really has: what its senders wait for, and what its queue holds besides. */
export function checkSizes(world: {
  database: Database;
  process: SimProcess;
  verdicts: Verdicts;
  calls: { open: number };
  out: OutBooks;
  machines: Pick<Machines, 'queueOf'>;
  timeline: { time: number };
}): void {
  const { process, calls, database, out, machines, verdicts } = world;
  if (calls.open > 0 || process.closing > 0 || !process.runs) return;
  for (const { name, server, machine } of process.publishers.values()) {
    const queue = machines.queueOf(name, server);
    const rows = database.outbox.filter((row) => row.queue === queue).length;
    const waiting = out.open(machine).length;
    // What is kept is counted by its row, and what is waited for may have none.
    const underWay = process.brokers.get(server)?.underWay ?? 0;
    // Those that wait for the journal to be read are not counted yet.
    const isReal = machine.size <= rows + waiting + underWay;
    const text = (): string => `${name} counts ${machine.size}; ${rows} rows, ${waiting} senders`;
    verdicts.hold(isReal, 'every number is what is really there', text);
  }
}

/** What failed is tried again when its time has come, whatever else fails meanwhile. */
export function checkRetries(world: {
  database: Database;
  process: SimProcess;
  verdicts: Verdicts;
  healthySince: number;
  timeline: { time: number };
  in: InBooks;
}): void {
  const { database, process, verdicts, timeline, healthySince } = world;
  if (!process.runs || process.source === undefined) return;
  if (timeline.time - healthySince < PATIENCE) return;
  const running = new Set(process.source.runs.map(({ event }) => event.n));
  for (const row of database.parked.values()) {
    const n = numberOf(row.message);
    if (running.has(n) || row.kind === 'held') continue;
    const most = LONGEST_WAIT + PATIENCE;
    const same = sameId(world.in, n);
    // It waits behind another one of its id, for which somebody has to decide first.
    if (timeline.time - decidedAt(same.filter((event) => event.n !== n)) < most) continue;
    const late = process.clock.now() - row.nextAttemptAt;
    const text = (): string => `event ${n} is due for ${late} ms`;
    verdicts.hold(late < PATIENCE, 'what failed is tried again in time', text);
    const waits = timeline.time - Math.max(row.since, healthySince);
    const isBounded = waits < most || timeline.time - decidedAt(same) < most;
    verdicts.hold(isBounded, 'what failed is tried again in time', () => `event ${n} waits for ${waits} ms`);
  }
}

function sameId({ events }: InBooks, n: number): InEvent[] {
  const id = events.get(n)?.id;
  return [...events.values()].filter((event) => event.id === id);
}

/** When somebody has decided about the last of these; Infinity as long as one is held. */
function decidedAt(events: readonly InEvent[]): number {
  const times = events.map(({ held, decidedAt: at }) => (held ? Infinity : at > 0 ? at : -Infinity));
  return Math.max(-Infinity, ...times);
}
