import { element } from '../elements.js';
import { type Row, write } from '../keyed-list.js';
import { button } from '../letters/elements.js';
import type { Translate } from '../red.js';
import { BatteryChart, type ShownMeasured } from './chart.js';
import { decimal, moment } from '../written.js';

/** A battery monitor, as `GET /gridwire/batteries` has it. */
export interface ShownMonitor {
  nodeId: string;
  node: string;
  device: string;
  vehicle?: string;
  family?: string;
  connected?: boolean;
  error?: string;
  signal?: number;
  read?: number;
  /** For who may see payloads. */
  last?: ShownMeasured;
  past?: ShownMeasured[];
}

/** One monitor: whether it can be reached, what it said last, and how that was before. */
export class MonitorRow implements Row<ShownMonitor> {
  readonly element = element('li');
  private readonly icon = element('i');
  private readonly device = element('span', { className: 'gridwire-letters-topic' });
  private readonly state = element('span', { className: 'gridwire-mark' });
  private readonly values = element('div');
  private readonly facts = element('div', { className: 'gridwire-letters-facts' });
  private readonly chart: BatteryChart;
  private readonly go: HTMLButtonElement;
  private nodeId = '';

  constructor(private readonly text: Translate) {
    this.icon.setAttribute('aria-hidden', 'true');
    this.chart = new BatteryChart(text);
    this.go = button('', () => RED.view.reveal(this.nodeId));
    this.element.append(
      element('div', {}, this.icon, ' ', this.device, this.state),
      this.values,
      this.facts,
      this.chart.element,
      element('div', { className: 'gridwire-letters-buttons' }, this.go),
    );
  }

  show(monitor: ShownMonitor): void {
    const { nodeId, node, device, connected, past = [] } = monitor;
    this.nodeId = nodeId;
    const state = connected === undefined ? 'untried' : connected ? 'connected' : 'away';
    const colour = { untried: 'grey', connected: 'green', away: 'red' }[state];
    this.icon.className = `fa fa-circle gridwire-trouble-${colour}`;
    write(this.device, device);
    write(this.state, this.text(`state.${state}`));
    write(this.values, this.valuesOf(monitor));
    write(this.facts, this.factsOf(monitor));
    this.chart.show(past);
    write(this.go, node);
    this.go.setAttribute('aria-label', this.text('go-to', { name: node }));
  }

  private valuesOf({ last }: ShownMonitor): string {
    if (last === undefined) return '';
    const { voltage, charge, temperature } = last;
    const values = { voltage: decimal(voltage, 2), charge };
    return temperature === undefined
      ? this.text('values', values)
      : this.text('values-warm', { ...values, temperature });
  }

  private factsOf({ vehicle, family = '', error, signal, read }: ShownMonitor): string {
    return [
      error === undefined ? '' : this.text('why', { code: error }),
      read === undefined ? this.text('never') : this.text('last', { at: moment(read) }),
      vehicle === undefined ? '' : this.text('vehicle', { vehicle }),
      family,
      signal === undefined ? '' : this.text('signal', { signal }),
    ]
      .filter((fact) => fact !== '')
      .join(' · ');
  }
}
