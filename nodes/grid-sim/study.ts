import { GridwireError } from '../../src/errors.js';
import type { Network, SeriesInput } from '../../src/grid/index.js';
import {
  contingenciesDocument,
  seriesDocument,
  type StudyDocument,
} from '../../src/grid/studies/documents.js';
import { gridLibrary } from '../runtime/grid-library.js';

/** What `msg.study` asks for. */
export type StudyRequest =
  | { kind: 'contingencies'; overloadPercent?: number; minPu?: number; maxPu?: number }
  | { kind: 'series'; input: SeriesInput }
  | { kind: 'cancel' };

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

/** Runs one study at a time over a network, and stops it when asked to. */
export class StudyRunner {
  private running: AbortController | undefined;
  private closed = false;

  constructor(
    private readonly network: Network,
    private readonly listener: StudyListener,
  ) {}

  /** @throws GridwireError GRID_STUDY_CANCELLED, GRID_STUDY_IMPOSSIBLE, GRID_SETTING_INVALID, NETWORK_INVALID */
  async run(request: Exclude<StudyRequest, { kind: 'cancel' }>): Promise<StudyDocument> {
    if (this.running !== undefined) {
      throw new GridwireError(
        'GRID_SETTING_INVALID',
        'A study is running; wait for it or send msg.study = "cancel".',
      );
    }
    const controller = new AbortController();
    this.running = controller;
    // Steps of the simulation change loads and taps of its network: the study has one of its own.
    const network = structuredClone(this.network);
    let document: StudyDocument | undefined;
    try {
      document = await this.study(network, request, controller.signal);
      return document;
    } finally {
      this.running = undefined;
      if (!this.closed) this.listener.ended(document);
    }
  }

  private async study(
    network: Network,
    request: Exclude<StudyRequest, { kind: 'cancel' }>,
    signal: AbortSignal,
  ): Promise<StudyDocument> {
    const { runContingencies, runSeries } = gridLibrary();
    const options = { signal, onProgress: this.listener.progress };
    if (request.kind === 'series') return seriesDocument(await runSeries(network, request.input, options));
    const { kind, ...limits } = request;
    return contingenciesDocument(kind, await runContingencies(network, { ...limits, ...options }));
  }

  cancel(): void {
    this.running?.abort();
  }

  /** Stops the study under way; its listener, which is about to end, hears no more of it. */
  close(): void {
    this.closed = true;
    this.cancel();
  }
}
