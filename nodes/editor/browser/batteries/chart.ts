import { element } from '../elements.js';
import { write } from '../keyed-list.js';
import { decimal, moment } from '../written.js';
import type { Translate } from '../red.js';

/** What was measured at one moment. */
export interface ShownMeasured {
  at: number;
  voltage: number;
  charge: number;
  temperature?: number;
}

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT] = [240, 48];
/** The least that the height stands for, so that noise does not look like an event. */
const LEAST_VOLTS = 0.5;

/** Voltage and charge over time, for a look; the same in words for who cannot. */
export class BatteryChart {
  readonly element = element('figure', { className: 'gridwire-battery-chart', hidden: true });
  private readonly words = element('figcaption', { className: 'gridwire-letters-facts' });
  private readonly voltage = line('');
  private readonly charge = line('4 3');
  private shown = 0;

  constructor(private readonly text: Translate) {
    const drawing = document.createElementNS(SVG, 'svg');
    drawing.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
    drawing.setAttribute('preserveAspectRatio', 'none');
    drawing.setAttribute('aria-hidden', 'true');
    drawing.append(this.voltage, this.charge);
    this.element.append(drawing, this.words);
  }

  show(past: readonly ShownMeasured[]): void {
    const [first] = past;
    const last = past.at(-1);
    this.element.hidden = past.length < 2;
    if (first === undefined || last === undefined || last.at === this.shown) return;
    this.shown = last.at;
    const volts = past.map(({ voltage }) => voltage);
    const charges = past.map(({ charge }) => charge);
    const [lowest, highest] = [Math.min(...volts), Math.max(...volts)];
    const span = Math.max(1, last.at - first.at);
    const across = past.map(({ at }) => ((at - first.at) / span) * WIDTH);
    const room = Math.max(LEAST_VOLTS, highest - lowest);
    const floor = (highest + lowest - room) / 2;
    draw(
      this.voltage,
      across,
      volts.map((value) => (value - floor) / room),
    );
    draw(
      this.charge,
      across,
      charges.map((value) => value / 100),
    );
    const words = this.text('chart', {
      ...{ from: moment(first.at), lowest: decimal(lowest, 2), highest: decimal(highest, 2) },
      ...{ least: Math.min(...charges), most: Math.max(...charges) },
    });
    write(this.words, words);
  }
}

function line(dashes: string): SVGPolylineElement {
  const made = document.createElementNS(SVG, 'polyline');
  made.setAttribute('stroke-dasharray', dashes);
  return made;
}

/** @param heights 0 to 1, from the bottom */
function draw(polyline: SVGPolylineElement, across: readonly number[], heights: readonly number[]): void {
  const points = heights.map((height, index) => {
    const down = HEIGHT - Math.min(1, Math.max(0, height)) * HEIGHT;
    return `${(across[index] ?? 0).toFixed(1)},${down.toFixed(1)}`;
  });
  polyline.setAttribute('points', points.join(' '));
}
