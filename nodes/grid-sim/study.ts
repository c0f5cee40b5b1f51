import path from 'node:path';
import { GridwireError } from '../../src/errors.js';
import type { Network, SeriesInput } from '../../src/grid/index.js';
import type { StudyDocument } from '../../src/grid/studies/documents.js';
import type { Study, StudyJob } from '../../src/grid/studies/study-job.js';
import { UntrustedProcess } from '../../src/untrusted/untrusted-process.js';

/** What `msg.study` asks for. */
export type StudyRequest = Study | { kind: 'cancel' };

const KINDS = ['contingencies', 'series', 'cancel'];

/**
 * Reads what a message asks for; undefined for one that asks for a step.
 *
 * @throws GridwireError GRID_SETTING_INVALID
 */
export function readStudy(study: unknown, payload: unknown): StudyRequest | undefined {
  if (study === undefined) return undefined;
  if (typeof study !== 'string' || !KINDS.includes(study)) {
    throw new GridwireError('GRID_SETTING_INVALID', `msg.study must be one of ${KINDS.join(', ')}.`);
  }
  if (study === 'cancel') return { kind: 'cancel' };
  const settings =
    typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : {};
  if (study === 'series') {
    // The series checks its steps, profiles and factors itself.
    const { steps, profiles, loadFactor } = settings;
    if (profiles !== undefined && !Array.isArray(profiles)) {
      throw new GridwireError('GRID_SETTING_INVALID', 'msg.payload.profiles must be a list.');
    }
    const input = { steps, profiles: profiles ?? [], ...(loadFactor !== undefined && { loadFactor }) };
    return { kind: 'series', input: input as unknown as SeriesInput };
  }
  const numbers = ['overloadPercent', 'minPu', 'maxPu'].flatMap((key) => {
    const value = settings[key];
    if (value === undefined) return [];
    if (typeof value !== 'number' || !(value > 0)) {
      throw new GridwireError(
        'GRID_SETTING_INVALID',
        `msg.payload.${key} must be a number greater than zero.`,
      );
    }
    return [[key, value] as const];
  });
  return { kind: 'contingencies', ...Object.fromEntries(numbers) };
}

/** Who hears of a study under way. */
export interface StudyListener {
  progress: (done: number, total: number) => void;
  /** Told with its result, or with nothing where it came to none. Not told of a study that was not begun. */
  ended: (document: StudyDocument | undefined) => void;
}

/** A day of work on one study; the memory of a hundred thousand steps, or of ten thousand branches taken out. */
const LIMITS = { milliseconds: 86_400_000, megabytes: 4096, characters: 268_435_456 };

/**
 * Runs one study at a time over a network, and stops it when asked to. The work is done in a process of its own, because
 * one power flow of a large network is one piece of work of up to seconds, in which flows would stand still.
 */
export class StudyRunner {
  private readonly process = new UntrustedProcess(path.join(__dirname, 'study-process'), LIMITS);
  private running: AbortController | undefined;
  private closed = false;

  constructor(
    private readonly network: Network,
    private readonly listener: StudyListener,
  ) {}

  /** @throws GridwireError GRID_STUDY_CANCELLED, GRID_STUDY_IMPOSSIBLE, GRID_SETTING_INVALID, NETWORK_INVALID */
  async run(study: Study): Promise<StudyDocument> {
    if (this.running !== undefined) {
      throw new GridwireError(
        'GRID_SETTING_INVALID',
        'A study is running; wait for it or send msg.study = "cancel".',
      );
    }
    const controller = new AbortController();
    this.running = controller;
    let document: StudyDocument | undefined;
    try {
      document = await this.compute(study, controller.signal);
      return document;
    } finally {
      this.running = undefined;
      if (!this.closed) this.listener.ended(document);
    }
  }

  private async compute(study: Study, signal: AbortSignal): Promise<StudyDocument> {
    let [done, total] = [0, 0];
    const progress = (...at: [number, number]): void => {
      [done, total] = at;
      this.listener.progress(done, total);
    };
    // Steps of the simulation change loads and taps of its network: the study has them as they are now.
    const job: StudyJob = { network: JSON.stringify(this.network), study };
    try {
      return (await this.process.run(job, '', { progress, signal })) as StudyDocument;
    } catch (error) {
      if (!signal.aborted) throw error;
      const text = `The study was cancelled after ${done} of ${total}.`;
      throw new GridwireError('GRID_STUDY_CANCELLED', text, { details: { done, total } });
    }
  }

  cancel(): void {
    this.running?.abort();
  }

  /** Stops the study under way; its listener, which is about to end, hears no more of it. */
  close(): void {
    this.closed = true;
    this.cancel();
    this.process.close();
  }
}
