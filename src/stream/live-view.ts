import { filterMatches } from '../brokers/topic-filter.js';
import type { Clock } from '../clock.js';
import type { Passing, Way } from '../observe/facts/facts.js';

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

/** Rows a second, in so many parts: what a second begins with is not all that is seen of it. */
const PARTS = 10;
const PART_ROWS = 5;
export const ROWS_A_SECOND = PARTS * PART_ROWS;
const PART = 1_000 / PARTS;
/** Rows that are kept to be fetched, and opened. */
const KEPT = 200;
/** Bytes that are kept of a body. */
export const KEPT_BYTES = 16_384;

/**
 * What one person sees of what passes: a sample, of which the rest is counted. What it costs grows with what passes by a
 * comparison only; what it keeps is bounded.
 */
export class LiveView {
  private readonly rows: (LiveRow & { body: Uint8Array })[] = [];
  private part = 0;
  private taken = 0;
  /** Events that were wanted since it began, and those of them that were taken. */
  passed = 0;
  sampled = 0;

  constructor(
    readonly wish: LiveWish,
    private readonly clock: Pick<Clock, 'now' | 'wall'>,
  ) {}

  offer({ place, about, way, message }: Passing): void {
    const { topic, body } = message;
    if (!isWanted(this.wish, way, topic)) return;
    this.passed += 1;
    const part = Math.floor(this.clock.now() / PART);
    if (part !== this.part) {
      this.part = part;
      this.taken = 0;
    }
    if (this.taken >= PART_ROWS) return;
    this.taken += 1;
    this.sampled += 1;
    this.rows.push({
      ...{ row: this.sampled, at: this.clock.wall(), way, topic, bytes: body.length },
      ...{ node: place.node, nodeId: place.id ?? '', broker: place.broker ?? '' },
      ...{ contract: about?.contract ?? '', type: about?.type ?? '' },
      // A part of a body would keep all of it.
      body: Uint8Array.from(body.subarray(0, KEPT_BYTES)),
    });
    if (this.rows.length > KEPT) this.rows.shift();
  }

  /** The rows that came after one. */
  after(row: number): LiveRow[] {
    return this.rows.filter((each) => each.row > row).map(({ body: _, ...shown }) => shown);
  }

  /** What is kept of the body of a row; undefined for one that has gone. */
  bodyOf(row: number): Uint8Array | undefined {
    return this.rows.find((each) => each.row === row)?.body;
  }
}

function isWanted({ topic: wanted, way: wantedWay }: LiveWish, way: Way, topic: string): boolean {
  if (wantedWay !== '' && way !== wantedWay) return false;
  if (wanted === '') return true;
  return /[+#]/.test(wanted) ? filterMatches(wanted, topic) : topic.includes(wanted);
}
