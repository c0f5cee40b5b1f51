import type { Filter, LetterGroup, StoreApi } from './api.js';
import { element, reasonLines, type Translate } from './elements.js';

/** The letters of a list by what they failed of, with their numbers; one of them narrows the list. */
export class LetterGroups {
  readonly element = element('details', { className: 'gridwire-letters-groups' });
  private readonly summary = element('summary');
  private readonly list = element('ul', { className: 'gridwire-letters-reasons' });
  /** The reason that was chosen. */
  reason: string | undefined;

  /** @param onChoice another reason, or none, was chosen */
  constructor(
    private readonly text: Translate,
    private readonly onChoice: () => void,
  ) {
    this.list.setAttribute('aria-label', text('groups'));
    this.element.append(this.summary, this.list);
  }

  /** Never rejects: without groups the list is still there. */
  show(store: StoreApi | undefined, filter: Filter): void {
    this.summary.textContent = this.text('by-reason');
    store?.groups(filter).then(
      (groups) => this.draw(groups),
      () => this.list.replaceChildren(),
    );
  }

  private draw(groups: readonly LetterGroup[]): void {
    this.summary.textContent = this.text('by-reason-count', { count: groups.length });
    this.list.replaceChildren(...groups.map((group) => this.row(group)));
  }

  private row({ code, topic, reason, count }: LetterGroup): HTMLLIElement {
    const isChosen = this.reason === reason;
    const choose = element('button', {
      type: 'button',
      className: `red-ui-button red-ui-button-small${isChosen ? ' selected' : ''}`,
      textContent: this.text('times', { count }),
    });
    choose.setAttribute('aria-pressed', String(isChosen));
    choose.setAttribute('aria-label', `${this.text('times', { count })} ${reason}`);
    choose.addEventListener('click', () => {
      this.reason = isChosen ? undefined : reason;
      this.onChoice();
    });
    return element(
      'li',
      {},
      element('div', { className: 'gridwire-letters-facts' }, choose, ` ${code} · ${topic}`),
      reasonLines(reason),
    );
  }
}
