import uPlot from 'uplot';
import type { Frame } from './frames.js';

type Translate = (key: string, values?: Record<string, string | number>) => string;

const HEIGHT = 130;
const COLOURS = ['#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e', '#17becf', '#8c564b', '#e377c2'];
/** Lines that are shown at first: more cannot be told apart. The others are switched on in the legend. */
const SHOWN = COLOURS.length;
/** Lines that a plot has at most, for the sake of the browser. */
const MAXIMUM_LINES = 500;
/** Degrees between the hues of further lines: no two of them are near each other. */
const HUE = 137.5;

interface Line {
  label: string;
  value: (frame: Frame) => number | null;
}

/** Time plots of the last steps: power, voltage band, state of charge. */
export class Plots {
  private plots: { plot: uPlot; lines: Line[] }[] = [];

  constructor(
    private readonly box: HTMLElement,
    private readonly text: Translate,
  ) {}

  get started(): boolean {
    return this.plots.length > 0;
  }

  /** Draws anew, for another simulation. */
  start(first: Frame): void {
    this.stop();
    const device = (id: string) => (frame: Frame) => frame.devices.find((one) => one.id === id);
    const powers = first.devices
      .slice(0, MAXIMUM_LINES)
      .map(({ id }): Line => ({ label: id, value: (frame) => device(id)(frame)?.pMw ?? null }));
    const charges = first.devices
      .filter(({ soc }) => soc !== undefined)
      .slice(0, MAXIMUM_LINES)
      .map(({ id }): Line => ({ label: id, value: (frame) => (device(id)(frame)?.soc ?? 0) * 100 }));
    this.add(this.word('power'), [
      { label: this.word('grid'), value: ({ sourceMw }) => sourceMw },
      ...powers,
    ]);
    this.add(this.word('voltage'), [
      { label: this.word('lowest'), value: ({ voltages }) => extreme(voltages, Math.min) },
      { label: this.word('highest'), value: ({ voltages }) => extreme(voltages, Math.max) },
    ]);
    if (charges.length > 0) this.add(this.word('soc'), charges);
  }

  private add(title: string, lines: Line[]): void {
    const colour = getComputedStyle(this.box).color;
    const axis = { stroke: colour, grid: { stroke: 'rgba(128,128,128,0.25)' }, size: 44 };
    const plot = new uPlot(
      {
        title,
        width: this.width(),
        height: HEIGHT,
        scales: { x: { time: false } },
        axes: [{ ...axis, size: 28 }, axis],
        series: [
          { label: this.word('hours') },
          ...lines.map(({ label }, index) => ({
            ...{ label, stroke: colourOf(index), width: 1.5 },
            show: index < SHOWN,
          })),
        ],
      },
      [[], ...lines.map(() => [])],
      this.box,
    );
    this.plots.push({ plot, lines });
  }

  show(frames: readonly Frame[]): void {
    const hours = frames.map((frame) => frame.hours);
    for (const { plot, lines } of this.plots) {
      plot.setData([
        hours,
        ...lines.map(({ value }) => frames.map((frame) => (frame.converged ? value(frame) : null))),
      ]);
    }
  }

  resize(): void {
    for (const { plot } of this.plots) plot.setSize({ width: this.width(), height: HEIGHT });
  }

  stop(): void {
    for (const { plot } of this.plots) plot.destroy();
    this.plots = [];
  }

  private word(key: string): string {
    return this.text(`plot.${key}`);
  }

  private width(): number {
    return Math.max(200, this.box.clientWidth - 8);
  }
}

function colourOf(index: number): string {
  return COLOURS[index] ?? `hsl(${Math.round((index * HUE) % 360)} 65% 45%)`;
}

function extreme(values: readonly (number | null)[], choose: (...values: number[]) => number): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? null : choose(...numbers);
}
