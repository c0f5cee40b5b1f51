import type { Diagram, Frame } from './frames.js';
import { decimal } from '../written.js';

type Translate = (key: string, values?: Record<string, string | number>) => string;

const COLUMN = 26;
const ROW = 22;
const MARGIN = 16;
const NAMESPACE = 'http://www.w3.org/2000/svg';

/**
 * The one-line diagram as SVG: buses coloured by voltage, branches by loading, devices by the direction of their
 * power. Texts are set as text, so that no name of an element can be markup.
 */
export class DiagramView {
  readonly element: SVGSVGElement;
  private readonly buses: SVGElement[];
  private readonly branches: SVGElement[];
  private readonly devices = new Map<string, SVGElement>();

  constructor(
    private readonly diagram: Diagram,
    private readonly text: Translate,
  ) {
    const width = Math.max(...diagram.buses.map(({ x }) => x), 0) * COLUMN + 2 * MARGIN;
    const height = Math.max(...diagram.buses.map(({ y }) => y), 0) * ROW + 2 * MARGIN;
    this.element = create('svg', {
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      class: 'gridwire-diagram',
    });
    this.element.setAttribute('aria-label', text('diagram'));
    this.branches = diagram.branches.map((branch) => this.drawBranch(branch));
    this.buses = diagram.buses.map((bus, index) => this.drawBus(bus, index));
    const stacked = new Map<number, number>();
    for (const device of diagram.devices) {
      const rank = stacked.get(device.bus) ?? 0;
      stacked.set(device.bus, rank + 1);
      this.drawDevice(device.id, device.bus, rank);
    }
  }

  private place(bus: number): { x: number; y: number } {
    const { x = 0, y = 0 } = this.diagram.buses[bus] ?? {};
    return { x: MARGIN + x * COLUMN, y: MARGIN + y * ROW };
  }

  private drawBranch({ from, to, kind, inService }: Diagram['branches'][number]): SVGElement {
    const [a, b] = [this.place(from), this.place(to)];
    // Down first, then across: branches of one bus share their way down.
    const line = create('path', {
      d: `M${a.x} ${a.y}V${b.y}H${b.x}`,
      class: `gridwire-branch gridwire-${kind}`,
    });
    if (!inService) line.classList.add('gridwire-open');
    this.element.append(titled(line));
    if (kind === 'transformer') {
      const middle = { x: (a.x + b.x) / 2, y: b.y };
      for (const offset of [-3, 3]) {
        const circle = create('circle', {
          cx: middle.x + offset,
          cy: middle.y,
          r: 5,
          class: 'gridwire-winding',
        });
        this.element.append(circle);
      }
    }
    return line;
  }

  private drawBus({ source }: Diagram['buses'][number], bus: number): SVGElement {
    const { x, y } = this.place(bus);
    const size = source ? 6 : 4;
    const mark = create('rect', { x: x - 2, y: y - size, width: 4, height: 2 * size, class: 'gridwire-bus' });
    this.element.append(titled(mark));
    return mark;
  }

  private drawDevice(id: string, bus: number, rank: number): void {
    const { x, y } = this.place(bus);
    const mark = create('circle', { cx: x + 6 + 7 * rank, cy: y + 8, r: 3, class: 'gridwire-device' });
    this.element.append(titled(mark));
    this.devices.set(id, mark);
  }

  /** @param factor 1 shows all of it */
  zoom(factor: number): void {
    this.element.style.width = `${100 * factor}%`;
  }

  show(frame: Frame): void {
    this.diagram.buses.forEach(({ id, low, high }, index) => {
      const vm = frame.voltages[index] ?? undefined;
      const mark = this.buses[index];
      if (mark === undefined) return;
      mark.style.fill =
        vm === undefined ? 'var(--red-ui-secondary-text-color)' : voltageColour(vm, low, high);
      setTitle(mark, this.text('bus', { id, vm: vm === undefined ? '-' : decimal(vm, 4) }));
    });
    this.diagram.branches.forEach(({ id, kind, loading }, index) => {
      const percent = loading === undefined ? undefined : (frame.loading[loading] ?? undefined);
      const mark = this.branches[index];
      if (mark === undefined) return;
      mark.style.stroke = percent === undefined ? '' : loadingColour(percent);
      setTitle(
        mark,
        kind === 'switch'
          ? id
          : this.text('branch', { id, loading: percent === undefined ? '-' : decimal(percent, 1) }),
      );
    });
    for (const { id, pMw, soc } of frame.devices) this.showDevice(id, pMw, soc);
  }

  private showDevice(id: string, pMw: number, soc: number | undefined): void {
    const mark = this.devices.get(id);
    if (mark === undefined) return;
    mark.classList.toggle('gridwire-idle', Math.abs(pMw) < 1e-9);
    const power = decimal(pMw, 4);
    const key = soc === undefined ? 'device' : 'device-soc';
    setTitle(mark, this.text(key, { id, power, soc: decimal((soc ?? 0) * 100, 1) }));
  }
}

/** Blue below the band, green in its middle, red above it. */
function voltageColour(vm: number, low: number, high: number): string {
  const part = Math.min(1, Math.max(0, (vm - low) / (high - low)));
  return `hsl(${Math.round(220 - 220 * part)} 75% 45%)`;
}

/** Green without load to red at the limit, violet beyond it. */
function loadingColour(percent: number): string {
  if (percent > 100) return 'hsl(290 80% 45%)';
  return `hsl(${Math.round(130 - 1.3 * Math.max(0, percent))} 70% 42%)`;
}

function create<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string | number>,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

function titled<E extends SVGElement>(element: E): E {
  element.append(document.createElementNS(NAMESPACE, 'title'));
  return element;
}

function setTitle(element: SVGElement, text: string): void {
  const title = element.querySelector('title');
  if (title !== null) title.textContent = text;
}
