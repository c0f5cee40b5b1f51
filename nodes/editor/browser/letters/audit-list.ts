import type { StoreApi } from './api.js';
import { actionName, element, reasonLines, type Translate } from './elements.js';
import { moment } from '../written.js';

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
                reasonLines(inWords(details)),
              ),
            ),
          ),
        ),
      (error: unknown) =>
        this.element.replaceChildren(error instanceof Error ? error.message : String(error)),
    );
  }
}

/** What was done, and how it ended: the outcome first, then what it was done to. */
function inWords(details: object): string {
  const { outcome, ...rest } = details as Record<string, unknown>;
  const parts = Object.entries(rest).map(([name, value]) => `${name} ${plain(value)}`);
  return [...(typeof outcome === 'string' ? [outcome] : []), ...parts].join(' · ');
}

function plain(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, each]) => `${name} ${plain(each)}`)
    .join(', ');
}
