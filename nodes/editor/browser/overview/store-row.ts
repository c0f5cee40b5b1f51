import { element } from '../elements.js';
import { type Row, write } from '../keyed-list.js';
import { button } from '../letters/elements.js';
import type { Trouble } from '../node-state.js';
import type { Translate } from '../red.js';
import { TroubleLines } from './trouble-lines.js';
import { decimal } from '../written.js';

/** What `GET /gridwire/overview/stores` says of a store. */
export interface StoreSize {
  id: string;
  bytes: number;
  outbox: { queues: number; count: number };
  parked: { queues: number; count: number };
}

/** What `GET /gridwire/overview` says of it, and what was counted last. */
export interface ShownStore {
  id: string;
  name: string;
  state: string;
  pending: number;
  troubles: Trouble[];
  size?: StoreSize | undefined;
}

const AWAY = { colour: 'red', word: 'store-away' };
const LOOKS: Record<string, typeof AWAY> = {
  open: { colour: 'green', word: 'store-open' },
  opening: { colour: 'yellow', word: 'store-opening' },
  silent: { colour: 'red', word: 'store-silent' },
};
const MEBIBYTE = 1_048_576;

/** One store: whether it can be used, how large it is, and what waits in it. */
export class StoreRow implements Row<ShownStore> {
  readonly element = element('li');
  private readonly icon = element('i');
  private readonly name: HTMLButtonElement;
  private readonly state = element('span', { className: 'gridwire-mark' });
  private readonly facts = element('div', { className: 'gridwire-letters-facts' });
  private readonly troubles = new TroubleLines();
  private id = '';

  constructor(private readonly text: Translate) {
    this.icon.setAttribute('aria-hidden', 'true');
    this.name = button('', () => RED.editor.editConfig('', 'gridwire-store', this.id));
    this.element.append(
      element('div', {}, this.icon, ' ', this.name, this.state),
      this.facts,
      this.troubles.element,
    );
  }

  show({ id, name, state, pending, troubles, size }: ShownStore): void {
    this.id = id;
    const shown = LOOKS[state] ?? AWAY;
    this.icon.className = `fa fa-circle gridwire-trouble-${shown.colour}`;
    write(this.name, name);
    this.name.setAttribute('aria-label', this.text('open', { name }));
    write(this.state, this.text(shown.word));
    write(this.facts, size === undefined ? '' : this.sizes(size, pending));
    this.troubles.show(troubles);
  }

  private sizes({ bytes, outbox, parked }: StoreSize, pending: number): string {
    const size = decimal(bytes / MEBIBYTE, 1, 0);
    return this.text('sizes', { size, outbox: outbox.count, parked: parked.count, pending });
  }
}
