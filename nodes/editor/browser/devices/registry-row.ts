import { element } from '../elements.js';
import { type Row, write } from '../keyed-list.js';
import { button } from '../letters/elements.js';
import type { Translate } from '../red.js';
import type { ShownDevice } from './device-row.js';
import type { ShownNewcomer } from './newcomer-row.js';

/** What `GET /gridwire/devices` says of a registry. */
export interface ShownRegistry {
  id: string;
  name: string;
  devices: Omit<ShownDevice, 'registry'>[];
  newcomers: Omit<ShownNewcomer, 'registry'>[];
  more: { devices: number; newcomers: number };
  counts: { known: number; silent: number; newcomers: number; held: number };
}

/** One registry: how many it knows, and how many of them want a person. */
export class RegistryRow implements Row<ShownRegistry> {
  readonly element = element('li');
  private readonly name: HTMLButtonElement;
  private readonly counts = element('div', { className: 'gridwire-letters-facts' });
  private id = '';

  constructor(private readonly text: Translate) {
    this.name = button('', () => RED.editor.editConfig('', 'gridwire-devices', this.id));
    this.element.append(this.name, this.counts);
  }

  show({ id, name, counts }: ShownRegistry): void {
    this.id = id;
    write(this.name, name);
    this.name.setAttribute('aria-label', this.text('open', { name }));
    write(this.counts, this.text('counts', counts));
  }
}
