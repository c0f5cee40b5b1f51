import { element } from '../elements.js';
import { button, labelled } from '../letters/elements.js';
import { poll } from '../poll.js';
import { api, may, type Translate } from '../red.js';
import { addSection } from '../sidebar/sidebar.js';
import { liveRow, type ShownEvent } from './live-row.js';

const EVERY = 500;
/** Rows on the page. */
const MOST = 200;

/** Adds to the sidebar what passes, as it passes. */
export function addLive(translate: Translate): void {
  if (!may('payloads', 'gridwire-store.read')) return;
  addSection('live', () => {
    const text: Translate = (key, values) => translate(`gridwire-broker.live.${key}`, values);
    const live = new Live(text);
    return { label: text('title'), element: live.element, opened: () => live.opened() };
  });
}

class Live {
  readonly element = element('div', { className: 'gridwire-live' });
  private readonly topic = element('input', { type: 'text', spellcheck: false });
  private readonly way = element('select');
  private readonly pause: HTMLButtonElement;
  private readonly message = element('div', { className: 'gridwire-letters-message' });
  private readonly list = element('ul', { className: 'gridwire-letters-list' });
  private readonly look: () => void;
  private readonly viewer = crypto.getRandomValues(new Uint32Array(4)).join('-');
  private after = 0;
  private isPaused = false;

  constructor(private readonly text: Translate) {
    this.topic.placeholder = text('topic-placeholder');
    for (const value of ['', 'in', 'out'])
      this.way.append(
        element('option', { value, textContent: text(`way.${value === '' ? 'both' : value}`) }),
      );
    this.pause = button(text('pause'), () => this.toggle());
    this.pause.setAttribute('aria-pressed', 'false');
    this.list.setAttribute('aria-label', text('events'));
    for (const control of [this.topic, this.way]) control.addEventListener('change', () => this.begin());
    const clear = button(text('clear'), () => this.list.replaceChildren());
    this.element.append(
      labelled(text('topic'), this.topic),
      labelled(text('direction'), this.way),
      element('div', { className: 'gridwire-letters-buttons' }, this.pause, clear),
      this.message,
      this.list,
    );
    this.look = poll(this.element, EVERY, () => this.ask());
  }

  opened(): void {
    this.look();
  }

  /** Another wish is another view, whose rows are counted from the first. */
  private begin(): void {
    this.after = 0;
    this.list.replaceChildren();
    this.look();
  }

  private stillWants(topic: string, way: string): boolean {
    return !this.isPaused && topic === this.topic.value.trim() && way === this.way.value;
  }

  private toggle(): void {
    this.isPaused = !this.isPaused;
    this.pause.setAttribute('aria-pressed', String(this.isPaused));
    if (!this.isPaused) this.look();
  }

  private async ask(): Promise<void> {
    if (this.isPaused) return;
    const [topic, way] = [this.topic.value.trim(), this.way.value];
    const asked = new URLSearchParams({ viewer: this.viewer, topic, way, after: String(this.after) });
    try {
      const answer = await api<{ rows: ShownEvent[]; passed: number; sampled: number }>(
        'GET',
        `gridwire/live?${asked.toString()}`,
      );
      // An answer to what is not wanted any more, or that comes into a pause.
      if (!this.stillWants(topic, way)) return;
      this.show(answer);
    } catch (error) {
      this.message.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  private show({ rows, passed, sampled }: { rows: ShownEvent[]; passed: number; sampled: number }): void {
    // A view that ended meanwhile has begun anew.
    if (sampled < this.after) this.after = 0;
    this.after = rows.at(-1)?.row ?? this.after;
    this.message.textContent = this.text('shown', { sampled, passed });
    this.list.prepend(...rows.map((row) => liveRow(this.text, this.viewer, row)).reverse());
    while (this.list.children.length > MOST) this.list.lastElementChild?.remove();
  }
}
