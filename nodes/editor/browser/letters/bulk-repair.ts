import type { Filter, LetterPage, RepairState, Shown, StoreApi, Which } from './api.js';
import {
  button,
  choices,
  confirmed,
  element,
  labelled,
  labelledAbove,
  listOf,
  type Translate,
} from './elements.js';
import { wayLabel } from './letter-tray.js';
import { storeRights } from './rights.js';

const POLL = 1_000;

/** What can be done to many letters at once, those that are ticked or else all of the list: repair them by an expression, or give them up. */
export class BulkRepair {
  readonly element: HTMLDetailsElement;
  private readonly way = element('select');
  private readonly patch = element('textarea', { rows: 4, spellcheck: false });
  private readonly commands = element('input', { type: 'text' });
  private readonly shown = element('pre', { className: 'gridwire-test-answer', hidden: true });
  private readonly message = element('div', { className: 'gridwire-letters-message' });
  private readonly repair: HTMLButtonElement;
  private readonly discard: HTMLButtonElement;
  private readonly cancel: HTMLButtonElement;
  private store: StoreApi | undefined;
  private readonly summary = element('summary');
  private filter: Filter = {};
  private total = 0;
  private ids: readonly number[] = [];
  private following = false;

  /** @param onChange called when letters were changed */
  constructor(
    private readonly text: Translate,
    private readonly onChange: () => void,
  ) {
    this.patch.placeholder = '$merge([payload, {"power": 0}])';
    this.message.setAttribute('role', 'status');
    this.repair = button(text('repair-all', { count: 0 }), () => this.askRepair());
    this.discard = button(text('discard-all', { count: 0 }), () => this.askDiscard());
    this.cancel = button(text('cancel-repair'), () => {
      this.store?.cancelRepair().catch((error: unknown) => this.tell(error));
    });
    this.cancel.hidden = true;
    this.element = element(
      'details',
      { className: 'gridwire-letters-bulk' },
      this.summary,
      labelledAbove(text('through'), this.way),
      labelled(text('patch'), this.patch),
      ...(storeRights.sendsCommands() ? [labelled(text('commands'), this.commands)] : []),
      element(
        'div',
        { className: 'gridwire-letters-buttons' },
        button(text('preview'), () => this.look()),
        this.repair,
        this.discard,
        this.cancel,
      ),
      this.message,
      this.shown,
    );
  }

  /** Says which letters are meant. */
  show(store: StoreApi, filter: Filter, { ways, total }: LetterPage): void {
    if (this.store !== store) this.message.textContent = '';
    this.store = store;
    this.filter = filter;
    this.total = total;
    choices(
      this.way,
      ways.map((way) => ({ value: way.id, label: wayLabel(way) })),
    );
    this.choose([]);
    if (ways.length === 0 && this.message.textContent === '') this.message.textContent = this.text('no-way');
    if (!this.following) this.follow(store);
  }

  /** The letters that are ticked; with none, all of the list are meant. */
  choose(ids: readonly number[]): void {
    const { text } = this;
    this.ids = ids;
    const count = this.count;
    this.summary.textContent = ids.length === 0 ? text('all') : text('chosen', { count });
    this.repair.textContent = text('repair-all', { count });
    this.discard.textContent = text('discard-all', { count });
    this.repair.disabled = count === 0 || this.way.options.length === 0;
    this.discard.disabled = count === 0;
  }

  private get which(): Which {
    return this.ids.length === 0 ? { filter: this.filter } : { ids: [...this.ids] };
  }

  private get count(): number {
    return this.ids.length === 0 ? this.total : this.ids.length;
  }

  /** Shows what a repair would do: how many would pass, why the others not, and the first before and after. */
  private look(): void {
    const { store, which, text } = this;
    if (store === undefined) return;
    store.preview(this.way.value, which, this.patch.value.trim(), listOf(this.commands.value)).then(
      ({ tried, wouldPass, problems, first }) => {
        this.message.textContent = text('preview-passes', { passes: wouldPass, count: tried });
        const bodyOf = (body: Shown): string => ('text' in body ? body.text : body.hex);
        this.shown.hidden = false;
        this.shown.textContent = [
          ...problems.map(({ reason, count }) => `${count} × ${reason}`),
          ...first.map(
            ({ id, topic, before, after, problem }) =>
              `${id} ${topic}\n- ${bodyOf(before)}\n+ ${problem ?? (after === undefined ? '' : bodyOf(after))}`,
          ),
        ].join('\n\n');
      },
      (error: unknown) => this.tell(error),
    );
  }

  private askRepair(): void {
    const { store, which, text, count } = this;
    confirmed(text, text('repair-all-question', { count }), text('repair'), () => {
      store?.repair(this.way.value, which, this.patch.value.trim(), listOf(this.commands.value)).then(
        () => this.follow(store, true),
        (error: unknown) => this.tell(error),
      );
    });
  }

  private askDiscard(): void {
    const { store, which, text, count } = this;
    confirmed(text, text('discard-all-question', { count }), text('discard'), () => {
      store?.discard(which).then(
        ({ discarded }) => {
          this.message.textContent = text('discarded', { count: discarded });
          this.onChange();
        },
        (error: unknown) => this.tell(error),
      );
    });
  }

  /** Shows how a repair is going until it has ended. @param running it was seen running, so its end changes the list */
  private follow(store: StoreApi, running = false): void {
    this.following = true;
    store.repairState().then(
      (state) => {
        if (state.state === 'running' && this.store === store) {
          this.draw(state);
          setTimeout(() => this.follow(store, true), POLL);
          return;
        }
        this.following = false;
        this.draw(state);
        if (running) this.onChange();
      },
      (error: unknown) => {
        this.following = false;
        this.tell(error);
      },
    );
  }

  private draw({ state, recovered = 0, failed = 0, lastError, ...left }: RepairState): void {
    this.cancel.hidden = state !== 'running';
    if (state === 'none') return;
    const { poison = 0, expired = 0, commands = 0 } = left;
    const alone = [
      [poison, 'left-poison'],
      [expired, 'left-expired'],
      [commands, 'left-commands'],
    ] as const;
    const progress = [
      this.text(`repair-state.${state}`, { recovered, failed }),
      ...alone.filter(([count]) => count > 0).map(([count, key]) => this.text(key, { count })),
    ].join(' ');
    this.message.textContent = lastError === undefined ? progress : `${progress} ${lastError}`;
  }

  private tell(error: unknown): void {
    this.message.textContent = error instanceof Error ? error.message : String(error);
  }
}
