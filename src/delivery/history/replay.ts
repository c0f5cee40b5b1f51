import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type GridwireError, isTransient, toGridwireError } from '../../errors.js';
import type { JsonObject, WireMessage } from '../../event.js';
import type { EventStore } from '../../store/event-store.js';
import type { MirrorRecord } from '../../store/mirror-store.js';
import type { CommandTest } from './command-test.js';
import type { IdOf } from './event-id.js';
import { Pacer } from './pacer.js';
import {
  checkPlan,
  isLeftOut,
  pageSize,
  planDocument,
  replayedMessage,
  type ReplayPlan,
} from './replay-plan.js';
import { Repetitions } from './repetitions.js';

export type ReplayState = 'running' | 'paused' | 'suspended' | 'done' | 'cancelled' | 'failed';

export interface ReplayProgress {
  state: ReplayState;
  /** Events dealt with, of how many. */
  done: number;
  total: number;
  /** Left out: replays of replays, commands that were not named, repetitions of one event. */
  leftOut: number;
  /** Refused by the broker for good. */
  refused: number;
  /** Why it waits, or the last refusal. */
  error?: GridwireError;
}

export interface ReplayPort {
  /** Resolves after the broker's acknowledgement. Called in order; a transient failure is tried again. */
  publish: (message: WireMessage, record: MirrorRecord) => Promise<void>;
  isCommand: CommandTest;
  /** What tells an event from others: of several records with one id the first is sent. */
  idOf?: IdOf;
}

type ReplayStores = Pick<EventStore, 'mirror' | 'replayCursors'>;
type Outcome = 'sent' | 'left out' | 'refused' | 'again';

/** First and longest wait between two attempts while broker or store is away, milliseconds. */
const BACKOFF = { first: 250, longest: 30_000 };
/** Longest sleep before looking whether the replay was paused. */
const NAP = 500;

/**
 * Sends mirrored events again, in order. Events are handed over page by page; where the replay stands is stored after
 * every page, so that after a crash it goes on there. The events of the interrupted page come again under the same
 * mark (`gridwire-replay: name:id`), by which a consumer can tell.
 */
export class Replay extends EventEmitter<{ progress: [ReplayProgress] }> {
  private state: ReplayState = 'running';
  private readonly counts = { done: 0, total: 0, leftOut: 0, refused: 0 };
  private error: GridwireError | undefined;
  private position = 0;
  private forgotten = false;
  /** Of the page in hand: what has not been sent yet, and what names which subject must not be. */
  private ahead: readonly MirrorRecord[] = [];
  private erased: ((message: WireMessage) => boolean)[] = [];
  private readonly pacer: Pacer;
  private readonly repetitions: Repetitions;
  private readonly stop = new AbortController();
  private wake: () => void = () => undefined;

  private constructor(
    private readonly store: ReplayStores,
    private readonly plan: ReplayPlan,
    private readonly port: ReplayPort,
  ) {
    super();
    this.repetitions = new Repetitions(port.idOf ?? (() => undefined));
    this.pacer = new Pacer(plan.pace, () => performance.now());
  }

  /**
   * Prepares a replay, or finds where an interrupted one of the same name and settings stands. The end is fixed now:
   * what is mirrored from here on, the replayed events among it, is not part of it.
   * @throws GridwireError `SETTING_INVALID`, `REPLAY_REFUSED`, `FILTER_ILLEGAL`, `STORE_UNAVAILABLE`
   */
  static async prepare(store: ReplayStores, plan: ReplayPlan, port: ReplayPort): Promise<Replay> {
    checkPlan(plan, port.isCommand);
    const found = await store.replayCursors.get(plan.name);
    if (found && isDeepStrictEqual(withoutEnd(found.plan), withoutEnd(planDocument(plan)))) {
      const { to } = found.plan.query as { to: number };
      const replay = new Replay(store, { ...plan, query: { ...plan.query, to } }, port);
      Object.assign(replay.counts, { done: found.done, total: found.total });
      replay.position = found.position;
      return replay;
    }
    const to = Math.min(plan.query.to ?? Infinity, Date.now() + 1);
    const replay = new Replay(store, { ...plan, query: { ...plan.query, to } }, port);
    replay.counts.total = await store.mirror.count({ ...plan.query, to });
    return replay;
  }

  get progress(): ReplayProgress {
    return { state: this.state, ...this.counts, ...(this.error ? { error: this.error } : {}) };
  }

  /**
   * Runs to the end, or until it is stopped. Never rejects: how it ended is in the result. One that was cancelled while
   * the store was away has ended all the same; see `forget`.
   */
  async run(): Promise<ReplayProgress> {
    try {
      while (!this.stopped && (await this.persistently(() => this.replayPage())));
      if (!this.stopped) this.state = 'done';
    } catch (thrown) {
      // What was under way when it was stopped may fail as it likes.
      if (!this.stopped) {
        this.state = 'failed';
        this.error = toGridwireError(thrown);
      }
    }
    if (this.stopped && this.state !== 'suspended') this.state = 'cancelled';
    if (this.state === 'done' || this.state === 'cancelled') await this.forget().catch(() => undefined);
    this.emit('progress', this.progress);
    return this.progress;
  }

  /**
   * Forgets where a replay that has ended stood, so that nothing takes it up again.
   * @throws GridwireError while the store is away; to be called again then
   */
  async forget(): Promise<void> {
    if (this.forgotten) return;
    await this.store.replayCursors.remove(this.plan.name);
    this.forgotten = true;
  }

  /** Whether the store still says where it stood, although it has ended. */
  get isRemembered(): boolean {
    return !this.forgotten && (this.state === 'done' || this.state === 'cancelled');
  }

  /** Sends nothing of a subject any more that was read before it was erased. @returns how many events */
  erase(names: (message: WireMessage) => boolean): number {
    const found = this.ahead.filter((record) => !this.isErased(record) && names(record.message));
    this.erased.push(names);
    return found.length;
  }

  pause(): void {
    if (this.state === 'running') this.become('paused');
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.pacer.restart();
    this.become('running');
  }

  /** Ends the replay and forgets where it stood. */
  cancel(): void {
    this.stop.abort();
    this.wake();
  }

  /** Ends the replay for now; preparing it again goes on where it stands. */
  suspend(): void {
    this.become('suspended');
    this.cancel();
  }

  private get stopped(): boolean {
    return this.stop.signal.aborted;
  }

  /** Repeats an action until it fails for no passing reason. */
  private async persistently<Result>(action: () => Promise<Result>): Promise<Result> {
    for (let wait = BACKOFF.first; ; wait = Math.min(wait * 2, BACKOFF.longest)) {
      try {
        return await action();
      } catch (error) {
        if (!isTransient(error) || this.stopped) throw error;
        this.error = toGridwireError(error);
        this.emit('progress', this.progress);
        await this.sleep(wait);
      }
    }
  }

  /** @returns whether there may be more */
  private async replayPage(): Promise<boolean> {
    const size = pageSize(this.plan.pace);
    this.erased = [];
    const page = await this.store.mirror.read(this.plan.query, this.position, size);
    const sending: Promise<Outcome>[] = [];
    for (const [index, record] of page.entries()) {
      this.ahead = page.slice(index);
      await this.untilDue(record);
      if (this.stopped) break;
      sending.push(this.send(record));
    }
    this.ahead = [];
    const outcomes = await Promise.all(sending);
    await this.repeat(page, outcomes);
    if (this.stopped) return false;
    const last = page.at(-1);
    if (last) await this.remember(last, outcomes);
    return page.length === size;
  }

  private async send(record: MirrorRecord): Promise<Outcome> {
    if (isLeftOut(record, this.plan, this.port.isCommand)) return 'left out';
    if (this.isErased(record)) return 'left out';
    if (this.repetitions.has(record)) return 'left out';
    try {
      await this.port.publish(replayedMessage(record, this.plan), record);
      return 'sent';
    } catch (error) {
      this.error = toGridwireError(error);
      return isTransient(error) ? 'again' : 'refused';
    }
  }

  /** From the first event that could not be sent, sends a page again one by one: the order holds, some come twice. */
  private async repeat(page: readonly MirrorRecord[], outcomes: Outcome[]): Promise<void> {
    const first = outcomes.indexOf('again');
    if (first === -1) return;
    for (const [index, record] of page.entries()) {
      if (index < first) continue;
      for (let wait = BACKOFF.first; !this.stopped; wait = Math.min(wait * 2, BACKOFF.longest)) {
        const outcome = await this.send(record);
        outcomes[index] = outcome;
        if (outcome !== 'again') break;
        this.emit('progress', this.progress);
        await this.sleep(wait);
      }
    }
  }

  private isErased({ message }: MirrorRecord): boolean {
    return this.erased.some((names) => names(message));
  }

  private async untilDue(record: MirrorRecord): Promise<void> {
    while (!this.stopped) {
      if (this.state === 'paused') {
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      const wait = this.pacer.wait(record.recordedAt);
      if (wait <= 0) break;
      await this.sleep(Math.min(wait, NAP));
    }
    this.pacer.passed();
  }

  private async sleep(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.stop.signal }).catch(() => undefined);
  }

  private async remember(last: MirrorRecord, outcomes: readonly Outcome[]): Promise<void> {
    const { done, total } = this.counts;
    await this.store.replayCursors.put({
      name: this.plan.name,
      position: last.id,
      done: done + outcomes.length,
      total,
      plan: planDocument(this.plan),
      updatedAt: Date.now(),
    });
    this.position = last.id;
    this.counts.done += outcomes.length;
    this.counts.leftOut += outcomes.filter((outcome) => outcome === 'left out').length;
    this.counts.refused += outcomes.filter((outcome) => outcome === 'refused').length;
    if (!outcomes.includes('refused')) this.error = undefined;
    this.emit('progress', this.progress);
  }

  private become(state: ReplayState): void {
    this.state = state;
    this.wake();
    this.emit('progress', this.progress);
  }
}

/** The settings without the end of the time range, which every start of an open-ended replay sets anew. */
function withoutEnd(plan: JsonObject): unknown {
  const { to: _end, ...query } = plan.query as JsonObject;
  return { ...plan, query };
}
