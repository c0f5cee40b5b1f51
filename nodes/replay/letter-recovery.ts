import { type ErrorCode, GridwireError } from '../../src/errors.js';
import type { JsonObject } from '../../src/event.js';
import { letterCommandTest } from '../../src/delivery/history/command-test.js';
import {
  outcomeText,
  type RecoveryPlan,
  type RecoveryProgress,
} from '../../src/delivery/history/recovery.js';
import { assertRepaired, letterPatch } from '../outbound/letter-patch.js';
import { recoverLetters } from '../outbound/recover-letters.js';
import type { GridwireMessage } from '../runtime/messages.js';
import { LETTER_MEMBERS, type ReplaySettings, selectionOf } from './replay-settings.js';
import { actorOf, type ReplayTools, type ReplayWork } from './tools.js';

/** Repairs and republishes dead letters, one recovery at a time. */
export class LetterRecovery implements ReplayWork {
  private stop: AbortController | undefined;
  private ended: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly tools: ReplayTools,
    private readonly settings: ReplaySettings,
  ) {
    tools.status.show('ready');
  }

  /** Letters that a restart caught in the middle are taken up by the next recovery. */
  takeUp(): Promise<void> {
    return Promise.resolve();
  }

  async start(message: GridwireMessage): Promise<object> {
    if (this.stop !== undefined) {
      throw new GridwireError(
        'STORE_CONFLICT',
        'A recovery is running already; cancel it, or wait for its end.',
      );
    }
    this.stop = new AbortController();
    try {
      const running = this.run(message, this.stop.signal);
      this.ended = running.catch(() => undefined);
      return await running;
    } finally {
      this.stop = undefined;
    }
  }

  /** A recovery can only be ended; what it has not reached stays as it is. */
  control(word: 'pause' | 'resume' | 'cancel'): void {
    if (word === 'cancel') this.stop?.abort();
    else throw new GridwireError('NOT_SUPPORTED', 'A recovery can be cancelled, but not paused.');
  }

  async close(): Promise<void> {
    this.stop?.abort();
    await this.ended;
  }

  private async run(message: GridwireMessage, signal: AbortSignal): Promise<RecoveryProgress> {
    const { RED, node, contract, publish, store, storeId } = this.tools;
    const selection = selectionOf(message.payload, this.settings, Date.now(), LETTER_MEMBERS);
    const { topicFilter, codes, from, to } = selection;
    const { deadLetters, audit } = await store();
    const details = { ...selection, patch: this.settings.patch } as JsonObject;
    const note = (outcome: string): Promise<void> =>
      audit.add({
        ...{ at: Date.now(), actor: actorOf(node, message), action: 'recover' },
        details: { ...details, outcome },
      });
    const plan: RecoveryPlan = {
      query: {
        ...(topicFilter === undefined ? {} : { topicFilter }),
        ...(codes === undefined ? {} : { codes: codes as ErrorCode[] }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      },
      attempts: this.settings.attempts,
      isCommand: letterCommandTest(contract),
      commands: this.settings.commands,
      ...(this.settings.patch === '' ? {} : { patch: letterPatch(this.settings.patch) }),
      validate: (repaired) => assertRepaired(repaired, contract),
      publish,
    };
    const show = (progress: RecoveryProgress): void => this.show(progress);
    const result = await recoverLetters(RED, storeId, deadLetters, plan, show, signal);
    await note(outcomeText(result));
    this.show(result);
    return result;
  }

  private show({ recovered, failed, poison, expired, commands }: RecoveryProgress): void {
    this.tools.status.show('recovered', { recovered, failed: failed + poison + expired + commands });
  }
}
