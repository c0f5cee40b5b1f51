import { errorText, GridwireError, toGridwireError } from '../../src/errors.js';
import type { JsonObject } from '../../src/event.js';
import { Replay, type ReplayProgress } from '../../src/delivery/history/replay.js';
import type { CommandTest } from '../../src/delivery/history/command-test.js';
import type { IdOf } from '../../src/delivery/history/event-id.js';
import { planOf, type ReplayPlan } from '../../src/delivery/history/replay-plan.js';
import { memoriesOf } from '../runtime/memories.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { EVENT_MEMBERS, type ReplaySettings, selectionOf } from './replay-settings.js';
import { actorOf, type ReplayTools, type ReplayWork } from './tools.js';

/** Replays events from the mirror, one replay at a time. */
export class EventReplays implements ReplayWork {
  private current: Replay | undefined;
  private ended: Promise<unknown> = Promise.resolve();
  private busy = false;
  private takingUp: Promise<void> | undefined;
  /** One that has ended, although the store, which was away, still says where it stood. */
  private remembered: Replay | undefined;

  constructor(
    private readonly tools: ReplayTools,
    private readonly settings: ReplaySettings,
    private readonly isCommand: CommandTest,
    private readonly idOf: IdOf,
  ) {
    tools.status.show('ready');
  }

  takeUp(): Promise<void> {
    this.takingUp ??= this.goOn().finally(() => (this.takingUp = undefined));
    return this.takingUp;
  }

  async start(message: GridwireMessage): Promise<object> {
    const { codes: _codes, ...query } = selectionOf(
      message.payload,
      this.settings,
      Date.now(),
      EVENT_MEMBERS,
    );
    const { pace, prefix, commands } = this.settings;
    const plan = { name: this.tools.node.id, query, pace, prefix, commands };
    return summary(await this.run(plan, actorOf(this.tools.node, message)));
  }

  control(word: 'pause' | 'resume' | 'cancel'): void {
    this.current?.[word]();
  }

  async close(): Promise<void> {
    this.current?.suspend();
    await this.ended;
  }

  private async goOn(): Promise<void> {
    const { node, store } = this.tools;
    await this.forget();
    const cursor = await (await store()).replayCursors.get(node.id);
    if (cursor === undefined || this.busy) return;
    node.log(`The replay goes on after event ${cursor.position}.`);
    await this.run(planOf(node.id, cursor.plan), 'gridwire');
  }

  /** @throws GridwireError while the store is away */
  private async forget(): Promise<void> {
    await this.remembered?.forget();
    this.remembered = undefined;
  }

  private async run(plan: ReplayPlan, actor: string): Promise<ReplayProgress> {
    if (this.busy) {
      throw new GridwireError(
        'STORE_CONFLICT',
        'A replay is running already; cancel it, or wait for its end.',
      );
    }
    this.busy = true;
    const memories = memoriesOf(this.tools.RED);
    this.tools.status.clear('replay');
    try {
      const store = await this.tools.store();
      await this.forget();
      const details = JSON.parse(JSON.stringify(plan)) as JsonObject;
      const replay = await Replay.prepare(store, plan, {
        publish: this.tools.publish,
        isCommand: this.isCommand,
        idOf: this.idOf,
      });
      const note = (outcome: JsonObject): Promise<void> =>
        store.audit.add({ at: Date.now(), actor, action: 'replay', details: { ...details, ...outcome } });
      await note({ outcome: 'begun' });
      this.current = replay;
      memories.set(replay, this.tools.storeId);
      replay.on('progress', (progress) => this.show(progress));
      this.show(replay.progress);
      const running = replay.run();
      this.ended = running;
      const ended = await running;
      if (replay.isRemembered) this.remembered = replay;
      // The store may be why it ended.
      await note(outcomeOf(ended)).catch((error: unknown) => this.tools.node.warn(errorText(error)));
      return ended;
    } catch (thrown) {
      const error = toGridwireError(thrown);
      this.tools.status.set('replay', 'error', {}, error);
      throw error;
    } finally {
      this.busy = false;
      if (this.current !== undefined) memories.delete(this.current);
      this.current = undefined;
    }
  }

  private show({ state, done, total, error }: ReplayProgress): void {
    const { status } = this.tools;
    // What stands in the way while it goes on trying, and what it ended by.
    if (error !== undefined) status.set('replay', 'error', {}, error);
    else status.clear('replay');
    if (state === 'paused' || state === 'suspended') status.show('paused', { done, total });
    else if (state === 'running') status.show('replaying', { done, total });
    else status.show('replayed', { done, total });
  }
}

function outcomeOf({ state, done, total, leftOut, refused }: ReplayProgress): JsonObject {
  return { outcome: state, done, total, leftOut, refused };
}

function summary({ error, ...counts }: ReplayProgress): object {
  return {
    ...counts,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
}
