import { plainTopic } from '../plain-text.js';
import type { Filter, LetterPage, LetterSummary, StoreApi } from './api.js';
import { BulkRepair } from './bulk-repair.js';
import {
  age,
  button,
  choices,
  confirmed,
  download,
  element,
  labelled,
  reasonLines,
  type Translate,
} from './elements.js';
import { told } from '../notify.js';
import { LetterGroups } from './letter-groups.js';
import { showLetter } from './letter-tray.js';
import { storeRights } from './rights.js';
import { chosenText } from '../file-text.js';

const HOUR = 3_600_000;
/** Name of an age and its hours; 0 is any. */
const AGES = [
  ['always', 0],
  ['hour', 1],
  ['day', 24],
  ['week', 24 * 7],
  ['month', 24 * 30],
] as const;
const STATES = ['waiting', 'recovering', 'recovered', 'discarded'];

/** The dead letters of a store: a filter, a list page by page, and what can be done to one or to all of them. */
export class LetterList {
  readonly element = element('div', { className: 'gridwire-letters-view' });
  private readonly search = element('input', { type: 'search' });
  private readonly groups: LetterGroups;
  private readonly selected = new Set<number>();
  private readonly selection = element('div', { className: 'gridwire-letters-buttons', hidden: true });
  private readonly code = element('select');
  private readonly topic = element('input', { type: 'text', placeholder: 'site/+/#' });
  private readonly age = element('select');
  private readonly state = element('select');
  private readonly message = element('div', { className: 'gridwire-letters-message' });
  private readonly list = element('ul', { className: 'gridwire-letters-list' });
  private readonly more: HTMLButtonElement;
  private readonly bulk: BulkRepair;
  private store: StoreApi | undefined;
  private ways: LetterPage['ways'] = [];

  constructor(private readonly text: Translate) {
    choices(
      this.state,
      ['', ...STATES].map((value) => ({ value, label: text(`state.${value === '' ? 'any' : value}`) })),
    );
    this.state.value = 'waiting';
    choices(
      this.age,
      AGES.map(([name, hours]) => ({ value: String(hours), label: text(`within.${name}`) })),
    );
    this.code.append(element('option', { value: '', textContent: text('any-reason') }));
    this.message.setAttribute('role', 'status');
    this.list.setAttribute('aria-label', text('letters'));
    this.more = button(text('more'), () => told(this.load(this.lastShown)));
    this.bulk = new BulkRepair(text, () => this.refresh());
    this.groups = new LetterGroups(text, () => this.refresh());
    for (const control of [this.search, this.code, this.topic, this.age, this.state])
      control.addEventListener('change', () => this.refresh());
    this.element.append(
      labelled(text('search'), this.search),
      labelled(text('reason'), this.code),
      labelled(text('topic'), this.topic),
      labelled(text('age'), this.age),
      labelled(text('state-label'), this.state),
      this.message,
      this.groups.element,
      ...(storeRights.repairs() ? [this.bulk.element] : []),
      this.selection,
      this.list,
      this.more,
      element(
        'div',
        { className: 'gridwire-letters-buttons' },
        button(text('export-list'), () => told(this.exportList())),
        ...(storeRights.repairs() ? [this.importButton()] : []),
      ),
    );
  }

  show(store: StoreApi | undefined): void {
    this.store = store;
    this.refresh();
  }

  refresh(): void {
    told(this.load());
  }

  private get filter(): Filter {
    const hours = Number(this.age.value);
    return {
      ...(this.topic.value.trim() === '' ? {} : { topicFilter: this.topic.value.trim() }),
      ...(this.code.value === '' ? {} : { code: this.code.value }),
      ...(this.state.value === '' ? {} : { state: this.state.value }),
      ...(hours === 0 ? {} : { from: Date.now() - hours * HOUR }),
      ...(this.search.value.trim() === '' ? {} : { text: this.search.value.trim() }),
      ...(this.groups.reason === undefined ? {} : { reason: this.groups.reason }),
    };
  }

  private lastShown: number | undefined;

  /** Loads the first page, or the one that follows a letter. Never rejects. */
  private async load(before?: number): Promise<void> {
    const { store, filter } = this;
    if (before === undefined) {
      this.list.replaceChildren();
      this.selected.clear();
      this.showSelection();
      this.groups.show(store, filter);
    }
    this.more.hidden = true;
    if (store === undefined) {
      this.message.textContent = '';
      return;
    }
    try {
      const page = await store.letters(filter, before);
      if (this.store === store) this.draw(page, store, filter);
    } catch (error) {
      this.tell(error);
    }
  }

  private draw(page: LetterPage, store: StoreApi, filter: Filter): void {
    this.ways = page.ways;
    this.lastShown = page.letters.at(-1)?.id;
    this.message.textContent = this.text('total', { count: page.total });
    choices(this.code, [
      { value: '', label: this.text('any-reason') },
      ...Object.entries(page.codes).map(([code, count]) => ({ value: code, label: `${code} (${count})` })),
    ]);
    this.list.append(...page.letters.map((letter) => this.row(letter, store)));
    this.more.hidden = !page.more;
    if (storeRights.repairs()) this.bulk.show(store, filter, page);
  }

  private row(letter: LetterSummary, store: StoreApi): HTMLLIElement {
    const { text } = this;
    const open = button(text('open'), () => {
      const back = (): void => this.focus(letter.id);
      showLetter(text, store, letter.id, this.ways, () => this.refresh(), back);
    });
    const discard = button(text('discard'), () => this.discard(letter, store));
    open.setAttribute('aria-label', `${text('open')} ${letter.id}`);
    open.dataset['letter'] = String(letter.id);
    discard.setAttribute('aria-label', `${text('discard')} ${letter.id}`);
    const isFinal = letter.state === 'recovered' || letter.state === 'discarded' || !storeRights.repairs();
    const chosen = element('input', { type: 'checkbox', hidden: isFinal });
    chosen.setAttribute('aria-label', text('select', { id: letter.id }));
    chosen.addEventListener('change', () => {
      if (chosen.checked) this.selected.add(letter.id);
      else this.selected.delete(letter.id);
      this.showSelection();
    });
    const facts = [letter.code, age(text, letter.failedAt), text(`state.${letter.state}`)];
    if (letter.attempts > 0) facts.push(text('attempts', { count: letter.attempts }));
    return element(
      'li',
      {},
      element('div', { className: 'gridwire-letters-topic', textContent: plainTopic(letter.topic) }),
      element('div', { className: 'gridwire-letters-facts', textContent: facts.join(' · ') }),
      reasonLines(letter.reason),
      element(
        'div',
        { className: 'gridwire-letters-buttons' },
        element('label', {}, chosen),
        open,
        ...(isFinal ? [] : [discard]),
      ),
    );
  }

  /** What can be done with the letters that are ticked. */
  private showSelection(): void {
    const { text, selected, store } = this;
    const count = selected.size;
    this.bulk.choose([...selected]);
    this.selection.hidden = count === 0 || store === undefined;
    if (count === 0 || store === undefined) return;
    const give = (): void =>
      confirmed(text, text('discard-all-question', { count }), text('discard'), () => {
        store.discard({ ids: [...selected] }).then(
          () => this.refresh(),
          (error: unknown) => this.tell(error),
        );
      });
    this.selection.replaceChildren(text('selected', { count }), ' ', button(text('discard-selected'), give));
  }

  private async exportList(): Promise<void> {
    try {
      const lines = await this.store?.exportLetters(this.filter);
      if (lines !== undefined) download('dead-letters.jsonl', lines);
    } catch (error) {
      this.tell(error);
    }
  }

  private importButton(): HTMLElement {
    const file = element('input', { type: 'file', accept: '.jsonl' });
    file.addEventListener('change', () => told(this.importFile(file)));
    const choose = button(this.text('import'), () => file.click());
    const label = element('label', { hidden: true }, this.text('import'), file);
    return element('span', {}, choose, label);
  }

  private async importFile(file: HTMLInputElement): Promise<void> {
    const [chosen] = file.files ?? [];
    if (chosen === undefined || this.store === undefined) return;
    try {
      const count = await this.store.importLetters(await chosenText(chosen));
      await this.load();
      this.message.textContent = this.text('imported', { count });
    } catch (error) {
      this.tell(error);
    }
    file.value = '';
  }

  /** Where somebody without a mouse goes on: at the letter, or at what came in its place. */
  private focus(id: number): void {
    const open = (which: string): HTMLElement | null =>
      this.list.querySelector(`button[data-letter${which}]`);
    (open(`="${id}"`) ?? open('') ?? this.search).focus();
  }

  private tell(error: unknown): void {
    this.message.textContent = error instanceof Error ? error.message : String(error);
  }

  private discard({ id }: LetterSummary, store: StoreApi): void {
    const { text } = this;
    confirmed(text, text('discard-one', { id }), text('discard'), () => {
      store.discard({ ids: [id] }).then(
        () => this.refresh(),
        (error: unknown) => this.tell(error),
      );
    });
  }
}
