import { element } from '../elements.js';
import { KeyedList, write } from '../keyed-list.js';
import { poll } from '../poll.js';
import { api, may, type Translate } from '../red.js';
import { addSection } from '../sidebar/sidebar.js';
import { MonitorRow, type ShownMonitor } from './monitor-row.js';

const EVERY = 5_000;

/** Adds to the sidebar the battery monitors: whether they can be reached, and what they say. */
export function addBatteries(translate: Translate): void {
  addSection('batteries', () => {
    const text: Translate = (key, values) => translate(`gridwire-broker.batteries.${key}`, values);
    const batteries = new Batteries(text);
    return { label: text('title'), element: batteries.element, opened: () => batteries.opened() };
  });
}

class Batteries {
  readonly element = element('div', { className: 'gridwire-overview' });
  private readonly message = element('div', { className: 'gridwire-letters-message' });
  private readonly none: HTMLElement;
  private readonly monitors: KeyedList<ShownMonitor>;
  private readonly look: () => void;

  constructor(private readonly text: Translate) {
    this.message.setAttribute('role', 'status');
    this.none = element('p', { textContent: text('no-monitors'), hidden: true });
    this.monitors = new KeyedList(
      text('monitors'),
      ({ nodeId, device }) => `${nodeId} ${device}`,
      () => new MonitorRow(text),
    );
    this.element.append(this.message, this.none, this.monitors.element);
    this.look = poll(this.element, EVERY, () => this.ask());
  }

  opened(): void {
    if (may('states')) this.look();
    else write(this.message, this.text('no-right'));
  }

  private async ask(): Promise<void> {
    try {
      const { monitors } = await api<{ monitors: ShownMonitor[] }>('GET', 'gridwire/batteries');
      write(this.message, '');
      this.monitors.show(monitors);
      this.none.hidden = monitors.length > 0;
    } catch (error) {
      write(this.message, error instanceof Error ? error.message : String(error));
    }
  }
}
