import uPlot from 'uplot';
import type {
  ContingencyDocument,
  SeriesDocument,
  StudyDocument,
} from '../../../../src/grid/studies/documents.js';
import { element } from '../elements.js';
import { decimal } from '../written.js';

type Translate = (key: string, values?: Record<string, string | number>) => string;

const HEIGHT = 130;

/** So many contingencies are listed, the worst first. */
const LISTED = 50;

/** What the sidebar shows of the last study of a simulation: plots of a series, a table of contingencies. */
export class StudyView {
  readonly element = element('div');
  private plots: uPlot[] = [];

  constructor(private readonly text: Translate) {}

  clear(): void {
    for (const plot of this.plots) plot.destroy();
    this.plots = [];
    this.element.replaceChildren();
  }

  show(study: StudyDocument): void {
    this.clear();
    if (study.study === 'series') this.showSeries(study);
    else this.element.append(...contingencies(study, this.text));
  }

  private showSeries(study: SeriesDocument): void {
    const title = this.text('study.series', { steps: study.steps, failed: study.failed });
    this.element.append(element('div', { textContent: title }));
    const count = study.doubtful.filter(Boolean).length;
    if (count > 0)
      this.element.append(element('div', { textContent: word(this.text, 'doubtful-steps', { count }) }));
    this.plot(this.text('plot.voltage'), [
      { label: this.text('plot.lowest'), values: study.low_pu, colour: '#1f77b4' },
      { label: this.text('plot.highest'), values: study.high_pu, colour: '#d62728' },
    ]);
    this.plot(this.text('study.loading'), [
      { label: this.text('plot.highest'), values: study.loading_percent, colour: '#9467bd' },
    ]);
    this.plot(this.text('plot.power'), [
      { label: this.text('plot.grid'), values: study.source_MW, colour: '#2ca02c' },
      { label: word(this.text, 'losses'), values: study.losses_MW, colour: '#ff7f0e' },
    ]);
  }

  private plot(title: string, lines: { label: string; values: (number | null)[]; colour: string }[]): void {
    const box = element('div');
    this.element.append(box);
    const stroke = getComputedStyle(this.element).color;
    const axis = { stroke, grid: { stroke: 'rgba(128,128,128,0.25)' }, size: 44 };
    const steps = lines[0]?.values.map((_, step) => step) ?? [];
    const options = {
      ...{ title, width: Math.max(200, this.element.clientWidth - 8), height: HEIGHT },
      ...{ scales: { x: { time: false } }, axes: [{ ...axis, size: 28 }, axis] },
      series: [
        { label: this.text('study.step') },
        ...lines.map(({ label, colour }) => ({ label, stroke: colour, width: 1 })),
      ],
    };
    this.plots.push(new uPlot(options, [steps, ...lines.map(({ values }) => values)], box));
  }
}

function contingencies({ contingencies: all }: ContingencyDocument, text: Translate): HTMLElement[] {
  const rank = (one: (typeof all)[number]): number =>
    (one.converged ? 0 : 1e9) +
    (one.doubtful === true ? 1e8 : 0) +
    one.lost_MW * 1e3 +
    (one.loading_percent ?? 0) +
    one.voltage_count;
  const worst = [...all].sort((a, b) => rank(b) - rank(a)).slice(0, LISTED);
  const heads = ['branch', 'result', 'lost', 'loading', 'voltage'].map((key) =>
    element('th', { textContent: text(`study.${key}`) }),
  );
  const rows = worst.map((one) => {
    const cells = [
      one.id,
      one.converged
        ? one.doubtful === true
          ? word(text, 'doubtful')
          : word(text, 'solved')
        : (one.reason ?? ''),
      one.lost.length === 0
        ? ''
        : word(text, 'lost-buses', { count: one.lost.length, power: decimal(one.lost_MW, 2) }),
      one.loading_percent === null ? '' : `${decimal(one.loading_percent, 0)} % (${one.overload_count})`,
      one.low_pu === null
        ? ''
        : `${decimal(one.low_pu, 3)} … ${decimal(one.high_pu ?? 0, 3)} (${one.voltage_count})`,
    ];
    return element('tr', {}, ...cells.map((textContent) => element('td', { textContent })));
  });
  const title = text('study.contingencies', { count: all.length, listed: worst.length });
  return [
    element('div', { textContent: title }),
    element(
      'table',
      { className: 'gridwire-study' },
      element('thead', {}, element('tr', {}, ...heads)),
      element('tbody', {}, ...rows),
    ),
  ];
}

function word(text: Translate, key: string, values?: Record<string, string | number>): string {
  return text(`study.${key}`, values);
}
