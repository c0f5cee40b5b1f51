import type { StoreApi } from './api.js';
import { actionName, element, moment, type Translate } from './elements.js';

/** Who replayed, repaired, edited, discarded and erased, newest first. */
export class AuditList {
  readonly element = element('div', { className: 'gridwire-letters-view' });

  constructor(private readonly text: Translate) {}

  show(store: StoreApi | undefined): void {
    this.element.replaceChildren();
    store?.audit().then(
      (entries) =>
        this.element.replaceChildren(
          element('p', { textContent: this.text(entries.length === 0 ? 'log-empty' : 'log-newest') }),
          element(
            'ul',
            { className: 'gridwire-letters-list' },
            ...entries.map(({ at, actor, action, details }) =>
              element(
                'li',
                {},
                element('b', { textContent: actionName(this.text, action) }),
                element('div', {
                  className: 'gridwire-letters-facts',
                  textContent: `${moment(at)} · ${actor}`,
                }),
                element('div', {
                  className: 'gridwire-letters-reason',
                  textContent: JSON.stringify(details),
                }),
              ),
            ),
          ),
        ),
      (error: unknown) =>
        this.element.replaceChildren(error instanceof Error ? error.message : String(error)),
    );
  }
}
