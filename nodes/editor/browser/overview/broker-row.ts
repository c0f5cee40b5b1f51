import { element } from '../elements.js';
import { type Row, write } from '../keyed-list.js';
import { button } from '../letters/elements.js';
import type { Trouble } from '../node-state.js';
import type { Translate } from '../red.js';
import { TroubleLines } from './trouble-lines.js';
import { decimal } from '../written.js';

/** What `GET /gridwire/overview` says of a broker. */
export interface ShownBroker {
  id: string;
  name: string;
  kind: string;
  state: 'connected' | 'connecting' | 'disconnected' | 'silent' | 'unusable';
  used: boolean;
  rate: { in?: number; out?: number };
  waiting: number;
  /** Seconds. */
  oldest: number;
  inHand: number;
  troubles: Trouble[];
}

const RED_ONES = { disconnected: 'red', silent: 'red', unusable: 'red' };
const COLOURS = { connected: 'green', connecting: 'yellow', ...RED_ONES };

/** One broker: whether it is there, what passes it, what waits for it, and what is wrong. */
export class BrokerRow implements Row<ShownBroker> {
  readonly element = element('li');
  private readonly icon = element('i');
  private readonly name: HTMLButtonElement;
  private readonly state = element('span', { className: 'gridwire-mark' });
  private readonly flow = element('div', { className: 'gridwire-letters-facts' });
  private readonly queue = element('div', { className: 'gridwire-letters-facts' });
  private readonly troubles = new TroubleLines();
  private id = '';

  constructor(private readonly text: Translate) {
    this.icon.setAttribute('aria-hidden', 'true');
    this.name = button('', () => RED.editor.editConfig('', 'gridwire-broker', this.id));
    const line = element('div', {}, this.icon, ' ', this.name, this.state);
    this.element.append(line, this.flow, this.queue, this.troubles.element);
  }

  show(broker: ShownBroker): void {
    const { id, name, kind, state, used, rate, waiting, oldest, inHand, troubles } = broker;
    this.id = id;
    const isIdle = !used && state !== 'unusable';
    this.icon.className = `fa fa-circle gridwire-trouble-${isIdle ? 'grey' : COLOURS[state]}`;
    write(this.name, name);
    this.name.setAttribute('aria-label', this.text('open', { name }));
    write(this.state, `${kind} ${this.text(`state.${isIdle ? 'unused' : state}`)}`.trim());
    write(this.flow, this.text('rates', { in: shownRate(rate.in), out: shownRate(rate.out) }));
    const seconds = Math.round(oldest);
    const waits =
      waiting === 0 ? this.text('nothing-waits') : this.text('waits', { count: waiting, seconds });
    write(this.queue, inHand === 0 ? waits : `${waits}; ${this.text('in-hand', { count: inHand })}`);
    this.troubles.show(troubles);
  }
}

/** A dash until it is known. */
function shownRate(rate: number | undefined): string {
  if (rate === undefined) return '–';
  return decimal(rate, rate < 10 ? 1 : 0, 0);
}
