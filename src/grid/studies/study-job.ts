import type { Network } from '../network/network.js';
import { runContingencies } from './contingencies.js';
import { contingenciesDocument, seriesDocument, type StudyDocument } from './documents.js';
import type { StudyOptions } from './run.js';
import type { SeriesInput } from './series-input.js';
import { runSeries } from './series.js';

/** A study as plain data. */
export type Study =
  | { kind: 'contingencies'; overloadPercent?: number; minPu?: number; maxPu?: number }
  | { kind: 'series'; input: SeriesInput };

export interface StudyJob {
  /** As JSON: a tenth of the time that a structured clone of ten thousand rows takes. */
  network: string;
  study: Study;
}

/** @throws GridwireError GRID_STUDY_CANCELLED, GRID_STUDY_IMPOSSIBLE, GRID_SETTING_INVALID, NETWORK_INVALID */
export async function runStudy({ network, study }: StudyJob, options: StudyOptions): Promise<StudyDocument> {
  const whole = JSON.parse(network) as Network;
  if (study.kind === 'series') return seriesDocument(await runSeries(whole, study.input, options));
  const { kind, ...limits } = study;
  return contingenciesDocument(kind, await runContingencies(whole, { ...limits, ...options }));
}
