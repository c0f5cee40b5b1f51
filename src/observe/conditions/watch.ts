import type { Clock } from '../../clock.js';
import { listen, type Place, type Trouble } from '../facts/facts.js';
import { Recent } from './recent.js';

/** What went wrong with events lately at one node, for one reason. */
export interface Loss {
  kind: LossKind;
  node: string;
  /** Of the node, by which it is told from another of that name. */
  id: string | undefined;
  code: string;
  count: number;
}

export type LossKind = 'dropped' | 'uncertain' | 'expired' | 'failed' | 'refused' | 'lettered';

/** When work was done last at one place, milliseconds. */
interface Work {
  sent: number | undefined;
  settled: number | undefined;
}

/** How many nodes and reasons are kept apart at a time. */
const MOST = 500;

/** Remembers of the facts what the present cannot tell: when work was done last, what was lost lately, and why. */
export class Watch {
  private readonly works = new Map<string, Work>();
  /** The same by the places themselves: a name put together for every event would cost more than all that is counted. */
  private readonly workOf = new WeakMap<Place, Work>();
  private readonly reasons = new Map<string, string>();
  private readonly losses = new Map<string, Omit<Loss, 'count'> & { recent: Recent }>();
  private readonly unlisten: () => void;
  private latest: number | undefined;

  /** @param window how long a loss counts as a late one, milliseconds */
  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly window = 60_000,
  ) {
    const trouble = (kind: LossKind) => (told: Trouble) => this.lost(kind, told.place, told.code, 1);
    this.unlisten = listen({
      sent: ({ place }) => void (this.at(place).sent = this.latest = this.clock.now()),
      settled: ({ place }) => void (this.at(place).settled = this.latest = this.clock.now()),
      connected: ({ place }) => this.reasons.delete(nameOf(place)),
      lost: ({ place, code }) => code !== undefined && this.reasons.set(nameOf(place), code),
      // One of which nobody can say how much it was counts as one.
      dropped: (told) =>
        this.lost(told.count === 0 ? 'uncertain' : 'dropped', told.place, told.code, told.count || 1),
      expired: trouble('expired'),
      // An attempt of the flow that failed is tried again, and told once more when it is given up.
      failed: (told) => told.way === 'out' && trouble('failed')(told),
      refused: trouble('refused'),
      lettered: ({ place, code }) => this.lost('lettered', place, code, 1),
    });
  }

  /** When an event was acknowledged last by a node's broker; undefined for never, as long as was watched. */
  lastSent(place: Place): number | undefined {
    return this.works.get(nameOf(place))?.sent;
  }

  /** When a node acknowledged an event last. */
  lastSettled(place: Place): number | undefined {
    return this.works.get(nameOf(place))?.settled;
  }

  /** When anything was done last. */
  get lastWork(): number | undefined {
    return this.latest;
  }

  /** Why a broker is not connected, if that was told. */
  reasonFor(place: Place): string | undefined {
    return this.reasons.get(nameOf(place));
  }

  /** What was lost within the window. */
  recentLosses(): Loss[] {
    const now = this.clock.now();
    return [...this.losses.values()]
      .map(({ recent, ...loss }) => ({ ...loss, count: recent.sum(now) }))
      .filter(({ count }) => count > 0);
  }

  close(): void {
    this.unlisten();
  }

  private at(place: Place): Work {
    const known = this.workOf.get(place);
    if (known !== undefined) return known;
    const name = nameOf(place);
    let work = this.works.get(name);
    if (work === undefined) this.works.set(name, (work = { sent: undefined, settled: undefined }));
    this.workOf.set(place, work);
    return work;
  }

  private lost(kind: LossKind, place: Place, code: string, count: number): void {
    const { node, id } = place;
    const key = `${kind}\0${nameOf(place)}\0${code}`;
    let loss = this.losses.get(key);
    if (loss === undefined) {
      if (this.losses.size >= MOST) this.forgetOld();
      if (this.losses.size >= MOST) return;
      this.losses.set(key, (loss = { kind, node, id, code, recent: new Recent(this.window) }));
    }
    // As it is called now: it may have been renamed.
    loss.node = node;
    loss.recent.add(count, this.clock.now());
  }

  /** Nodes come and go for months, and what there was of them must not keep out what happens now. */
  private forgetOld(): void {
    const now = this.clock.now();
    for (const [key, { recent }] of this.losses) if (recent.sum(now) === 0) this.losses.delete(key);
  }
}

/** Several nodes may have one name, and what one does says nothing about another. */
function nameOf({ node, id = node, broker = '', brokerId = broker }: Place): string {
  return `${id}\0${brokerId}`;
}
