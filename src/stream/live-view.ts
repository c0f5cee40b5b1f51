import { filterMatches } from '../brokers/topic-filter.js';
import { copyOf } from '../brokers/copy-message.js';
import type { Clock } from '../clock.js';
import { messageBytes, type WireMessage, wirePart } from '../event.js';
import type { Passing, Told, Way } from '../observe/facts/facts.js';

/** What somebody wants to see of what passes. */
export interface LiveWish {
  /** A part of a topic, or a filter with wildcards as MQTT has them; empty for all. */
  topic: string;
  way: Way | '';
}

/** One event that passed. */
export interface LiveRow {
  row: number;
  /** When, milliseconds since the epoch. */
  at: number;
  way: Way;
  node: string;
  /** By which the editor finds the node. */
  nodeId: string;
  broker: string;
  topic: string;
  contract: string;
  type: string;
  bytes: number;
}

/** What is kept of an event that passed, for whoever opens it. */
export interface KeptEvent extends Told {
  /** When, milliseconds since the epoch. */
  at: number;
  message: WireMessage;
  /** Nothing of it is missing. */
  isWhole: boolean;
}

/** Rows a second, in so many parts: what a second begins with is not all that is seen of it. */
const PARTS = 10;
const PART_ROWS = 5;
export const ROWS_A_SECOND = PARTS * PART_ROWS;
const PART = 1_000 / PARTS;
/** Rows that are kept to be fetched, and opened. */
const KEPT = 200;
/** Events that were opened stay longer than others: whoever reads one may want to do something with it. */
const OPENED = 20;
/** Bytes that are kept of an event. */
export const KEPT_BYTES = 16_384;

/**
 * What one person sees of what passes: a sample, of which the rest is counted. What it costs grows with what passes by a
 * comparison only; what it keeps is bounded.
 */
export class LiveView {
  private readonly rows: (LiveRow & { kept: KeptEvent })[] = [];
  private readonly opened = new Map<number, KeptEvent>();
  /** No row of another view has its number, not even of one before a restart: it would be taken for it. */
  private readonly first: number;
  private part = 0;
  private taken = 0;
  /** Events that were wanted since it began, and those of them that were taken. */
  passed = 0;
  sampled = 0;
  /** Nothing is taken, so that what is there stays. */
  isPaused = false;

  constructor(
    readonly wish: LiveWish,
    private readonly clock: Pick<Clock, 'now' | 'wall'>,
  ) {
    // Fewer rows come than milliseconds pass.
    this.first = Math.floor(clock.now());
  }

  /** The number of the newest row. */
  get last(): number {
    return this.first + this.sampled;
  }

  offer({ place, about, way, message }: Passing): void {
    const { topic, body } = message;
    if (!isWanted(this.wish, way, topic)) return;
    this.passed += 1;
    if (this.isPaused) return;
    const part = Math.floor(this.clock.now() / PART);
    if (part !== this.part) {
      this.part = part;
      this.taken = 0;
    }
    if (this.taken >= PART_ROWS) return;
    this.taken += 1;
    this.sampled += 1;
    const at = this.clock.wall();
    this.rows.push({
      ...{ row: this.last, at, way, topic, bytes: body.length },
      ...{ node: place.node, nodeId: place.id ?? '', broker: place.broker ?? '' },
      ...{ contract: about?.contract ?? '', type: about?.type ?? '' },
      kept: { place, about, at, ...kept(message) },
    });
    if (this.rows.length > KEPT) this.rows.shift();
  }

  /** The rows that came after one. */
  after(row: number): LiveRow[] {
    return this.rows.filter((each) => each.row > row).map(({ kept: _, ...shown }) => shown);
  }

  /** What is kept of a row; undefined for one that has gone. It stays from now on, until many others were opened. */
  open(row: number): KeptEvent | undefined {
    const found = this.opened.get(row) ?? this.rows.find((each) => each.row === row)?.kept;
    if (found === undefined) return undefined;
    this.opened.delete(row);
    this.opened.set(row, found);
    const [oldest] = this.opened.keys();
    if (this.opened.size > OPENED && oldest !== undefined) this.opened.delete(oldest);
    return found;
  }
}

/** All of a message, or of one that is too large the beginning of its body. A part of its bytes would keep all of them. */
function kept(message: WireMessage): Pick<KeptEvent, 'message' | 'isWhole'> {
  if (messageBytes(message) <= KEPT_BYTES) return { message: copyOf(wirePart(message)), isWhole: true };
  const { topic, body, qos, retain } = message;
  const beginning = { topic, body: body.subarray(0, KEPT_BYTES), qos, retain, headers: {} };
  return { message: copyOf(beginning), isWhole: false };
}

function isWanted({ topic: wanted, way: wantedWay }: LiveWish, way: Way, topic: string): boolean {
  if (wantedWay !== '' && way !== wantedWay) return false;
  if (wanted === '') return true;
  return /[+#]/.test(wanted) ? filterMatches(wanted, topic) : topic.includes(wanted);
}
