import type { Diagram } from '../../../../src/grid/diagram.js';
import type { StudyDocument } from '../../../../src/grid/studies/documents.js';
import { api } from '../red.js';

export type { Diagram };

/** One step as the runtime describes it; see `nodes/grid-sim/grid-view.ts`. */
export interface Frame {
  step: number;
  hours: number;
  converged: boolean;
  reason?: string;
  doubt?: string;
  voltages: (number | null)[];
  loading: (number | null)[];
  devices: { id: string; kind: string; pMw: number; soc?: number }[];
  sourceMw: number;
  lossesMw: number;
  cost: number;
}

/** Steps that are kept for the plots. */
const KEPT = 288;

/** What an editor knows of one running simulation. */
export class Recording {
  diagram: Diagram | undefined;
  frames: Frame[] = [];

  constructor(readonly id: string) {}

  async load(): Promise<void> {
    this.diagram = await api<Diagram>('GET', `gridwire/grid/${encodeURIComponent(this.id)}/diagram`);
    this.frames = [];
    await this.update();
  }

  /** Fetches what is new; a step number that went back means that the simulation was reset. */
  async update(newest = Infinity): Promise<void> {
    const last = this.frames.at(-1)?.step ?? 0;
    if (newest < last) this.frames = [];
    const after = newest < last ? 0 : last;
    const url = `gridwire/grid/${encodeURIComponent(this.id)}/steps?after=${after}`;
    this.frames.push(...(await api<Frame[]>('GET', url)));
    this.frames = this.frames.slice(-KEPT);
  }

  /** The last study of the simulation; null where there has been none. */
  study(): Promise<StudyDocument | null> {
    return api<StudyDocument | null>('GET', `gridwire/grid/${encodeURIComponent(this.id)}/study`);
  }

  async cancelStudy(): Promise<void> {
    await api('POST', `gridwire/grid/${encodeURIComponent(this.id)}/study/cancel`, {});
  }
}
