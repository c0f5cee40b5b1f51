import { element } from './elements.js';

/** A row that can be brought up to date. */
export interface Row<Item> {
  readonly element: HTMLElement;
  show(item: Item): void;
}

/**
 * A list that is brought up to date row by row: what has the focus keeps it, and a screen reader hears what has changed
 * only.
 */
export class KeyedList<Item> {
  readonly element = element('ul', { className: 'gridwire-letters-list' });
  private readonly rows = new Map<string, Row<Item>>();

  constructor(
    label: string,
    private readonly keyOf: (item: Item) => string,
    private readonly make: (item: Item) => Row<Item>,
  ) {
    this.element.setAttribute('aria-label', label);
  }

  show(items: readonly Item[]): void {
    const keys = new Set(items.map(this.keyOf));
    for (const [key, row] of this.rows) {
      if (keys.has(key)) continue;
      row.element.remove();
      this.rows.delete(key);
    }
    const focused = document.activeElement;
    const place = [...this.element.children].findIndex((row) => row.contains(focused));
    items.forEach((item, index) => {
      const key = this.keyOf(item);
      let row = this.rows.get(key);
      if (row === undefined) this.rows.set(key, (row = this.make(item)));
      row.show(item);
      const there = this.element.children[index];
      if (there !== row.element) this.element.insertBefore(row.element, there ?? null);
    });
    if (place !== -1) this.keepFocus(focused as HTMLElement, place);
  }

  /** What is put elsewhere loses the focus; of what has gone or is hidden the next one gets it. @param place of its row */
  private keepFocus(focused: HTMLElement, place: number): void {
    const rows = [...this.element.children];
    const stays = this.element.contains(focused) && !focused.hidden;
    const next = [...rows.slice(place), ...rows]
      .flatMap((row) => [...row.querySelectorAll<HTMLElement>('button, input, select')])
      .find(({ hidden }) => !hidden);
    const wanted = stays ? focused : (next ?? this.element);
    if (wanted === document.activeElement) return;
    if (wanted === this.element) wanted.tabIndex = -1;
    wanted.focus({ preventScroll: stays });
  }
}

/** Writes a text where it is another one: what is written again is read out again. */
export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
