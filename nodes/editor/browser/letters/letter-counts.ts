import type { StoreApi } from './api.js';
import { element, type Translate } from './elements.js';

/** How many letters wait and by which reason code, for who may not see what they hold. */
export class LetterCounts {
  readonly element = element('div', { className: 'gridwire-letters-view' });

  constructor(private readonly text: Translate) {}

  show(store: StoreApi | undefined): void {
    this.element.replaceChildren();
    store?.letterCounts().then(
      ({ total, codes }) =>
        this.element.replaceChildren(
          element('p', { textContent: this.text('total', { count: total }) }),
          element(
            'ul',
            { className: 'gridwire-letters-list' },
            ...Object.entries(codes).map(([code, count]) =>
              element('li', { textContent: `${code} (${count})` }),
            ),
          ),
          element('p', { textContent: this.text('no-payloads') }),
        ),
      (error: unknown) =>
        this.element.replaceChildren(error instanceof Error ? error.message : String(error)),
    );
  }
}
