import { element } from '../elements.js';
import { button, labelled } from '../letters/elements.js';
import { poll } from '../poll.js';
import { api, may, type Translate } from '../red.js';
import { addSection } from '../sidebar/sidebar.js';
import { liveRow, type ShownEvent } from './live-row.js';

const EVERY = 500;
/** Rows on the page; the server keeps some more, so that each of them can be opened. */
const MOST = 150;

/** Adds to the sidebar what passes, as it passes. */
export function addLive(translate: Translate): void {
  if (!may('payloads')) return;
  addSection('live', () => {
    const text: Translate = (key, values) => translate(`gridwire-broker.live.${key}`, values);
    const live = new Live(text);
    return { label: text('title'), element: live.element, opened: () => live.opened() };
  });
}

interface Answer {
  rows: ShownEvent[];
  passed: number;
  sampled: number;
  /** The number of the newest row. */
  last: number;
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
  private asked = { topic: '', way: '' };
  private isAnew = false;

  constructor(private readonly text: Translate) {
    this.topic.placeholder = text('topic-placeholder');
    for (const value of ['', 'in', 'out'])
      this.way.append(
        element('option', { value, textContent: text(`way.${value === '' ? 'both' : value}`) }),
      );
    this.pause = button(text('pause'), () => this.toggle());
    this.pause.setAttribute('aria-pressed', 'false');
    this.list.setAttribute('aria-label', text('events'));
    for (const control of [this.topic, this.way]) control.addEventListener('change', () => this.look());
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

  private get wanted(): { topic: string; way: string } {
    return { topic: this.topic.value.trim(), way: this.way.value };
  }

  private isWanted({ topic, way }: { topic: string; way: string }): boolean {
    return topic === this.wanted.topic && way === this.wanted.way;
  }

  private toggle(): void {
    this.isPaused = !this.isPaused;
    this.pause.setAttribute('aria-pressed', String(this.isPaused));
    this.look();
  }

  /** Also in a pause, or nothing of what is shown would be kept to be opened; another wish comes after it. */
  private async ask(): Promise<void> {
    if (!this.isPaused && !this.isWanted(this.asked)) {
      // Another wish is another view, whose rows are counted from the first.
      this.asked = this.wanted;
      this.after = 0;
      this.isAnew = true;
    }
    const { asked } = this;
    const query = new URLSearchParams({
      ...{ ...asked, viewer: this.viewer, after: String(this.after) },
      ...(this.isPaused ? { paused: 'true' } : {}),
    });
    try {
      const answer = await api<Answer>('GET', `gridwire/live?${query.toString()}`);
      // An answer to what is not wanted any more, or that comes into a pause.
      if (!this.isPaused && this.isWanted(asked)) this.show(answer);
    } catch (error) {
      this.message.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  private show({ rows, passed, sampled, last }: Answer): void {
    // Not before there is something else to show: what is below the pointer would move.
    if (this.isAnew) this.list.replaceChildren();
    this.isAnew = false;
    // After a restart a clock may have been set back.
    this.after = last < this.after ? 0 : (rows.at(-1)?.row ?? this.after);
    this.message.textContent = this.text('shown', { sampled, passed });
    this.list.prepend(...rows.map((row) => liveRow(this.text, this.viewer, row)).reverse());
    while (this.list.children.length > MOST) this.list.lastElementChild?.remove();
  }
}
