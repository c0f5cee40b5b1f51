import type { NodeAPI } from 'node-red';
import { systemClock } from '../../src/clock.js';
import { layOut, type Diagram } from '../../src/grid/diagram.js';
import type { GridEnvironment, StepResult } from '../../src/grid/index.js';
import type { StudyDocument } from '../../src/grid/studies/documents.js';

/** Steps that an editor gets to plot when it opens. */
const HISTORY = 288;

/** Numbers in all of them: more would take memory, and hold flows up while an editor is answered. */
const HISTORY_NUMBERS = 250_000;

/** A fast simulation must not flood every open editor. */
const INTERVAL = 200;

/** What the editor draws of one step. */
export interface GridFrame {
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

export const views = new Map<string, GridView>();

/** Keeps what editors show of one simulation: its diagram, its last steps, and the newest one as it comes. */
export class GridView {
  readonly diagram: Diagram;
  readonly history: GridFrame[] = [];
  private timer: NodeJS.Timeout | undefined;
  private lastSent = 0;
  private lastProgress = 0;
  /** The last study, for editors. */
  study: StudyDocument | undefined;

  constructor(
    private readonly RED: NodeAPI,
    private readonly id: string,
    environment: GridEnvironment,
    /** Stops the study under way; without one it does nothing. */
    readonly cancelStudy: () => void,
  ) {
    this.diagram = layOut(
      environment.network,
      environment.agents.flatMap(({ devices }) => devices),
    );
    views.set(id, this);
  }

  show(result: StepResult): void {
    const frame = frameOf(result);
    this.history.push(frame);
    const kept = framesKept(frame.voltages.length + frame.loading.length + frame.devices.length);
    while (this.history.length > kept) this.history.shift();
    const wait = this.lastSent + INTERVAL - systemClock.now();
    if (wait <= 0) this.send();
    else this.timer ??= setTimeout(() => this.send(), wait);
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.lastSent = systemClock.now();
    this.RED.comms.publish(`gridwire/grid/${this.id}`, { step: this.history.at(-1)?.step ?? 0 }, false);
  }

  /** Tells open editors that a study has ended; they fetch it. */
  studyEnded(): void {
    this.RED.comms.publish(`gridwire/grid-study/${this.id}`, { done: 1, total: 1 }, false);
  }

  studyProgress(done: number, total: number): void {
    const now = systemClock.now();
    if (now < this.lastProgress + INTERVAL) return;
    this.lastProgress = now;
    this.RED.comms.publish(`gridwire/grid-study/${this.id}`, { done, total }, false);
  }

  clear(): void {
    this.history.length = 0;
  }

  close(): void {
    clearTimeout(this.timer);
    if (views.get(this.id) === this) views.delete(this.id);
  }
}

/** How many steps of a network are kept, by the numbers in one: fewer of large ones, and two at least. */
export function framesKept(numbers: number): number {
  return Math.max(2, Math.min(HISTORY, Math.floor(HISTORY_NUMBERS / Math.max(1, numbers))));
}

function frameOf(result: StepResult): GridFrame {
  const {
    step,
    hours,
    converged,
    reason,
    doubt,
    voltages,
    lineLoading,
    transformerLoading,
    devices,
    sources,
    agents,
  } = result;
  return {
    ...{ step, hours, converged, ...(reason !== undefined && { reason }), voltages },
    ...(doubt !== undefined && { doubt }),
    loading: [...lineLoading, ...transformerLoading],
    devices: devices.map(({ id, kind, pMw, soc }) => ({ id, kind, pMw, ...(soc !== undefined && { soc }) })),
    sourceMw: sources.reduce((sum, { pMw }) => sum + pMw, 0),
    lossesMw: result.lossesMw,
    cost: agents.reduce((sum, { cost }) => sum + cost, 0),
  };
}
