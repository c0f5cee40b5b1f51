import { element } from '../elements.js';
import { type Row, write } from '../keyed-list.js';
import { moment } from '../written.js';
import type { Translate } from '../red.js';

/** A device of a registry's table, as `GET /gridwire/devices` has it. */
export interface ShownDevice {
  registry: { id: string; name: string };
  serialNumber: string;
  id: number;
  type: string;
  site?: number;
  name?: string;
  state: 'heard' | 'silent' | 'unheard';
  heard?: number;
}

const COLOURS = { heard: 'green', silent: 'yellow', unheard: 'grey' } as const;

/** One device: who it is, and when it was heard last. */
export class DeviceRow implements Row<ShownDevice> {
  readonly element = element('li');
  private readonly icon = element('i');
  private readonly serial = element('span', { className: 'gridwire-letters-topic' });
  private readonly state = element('span', { className: 'gridwire-mark' });
  private readonly facts = element('div', { className: 'gridwire-letters-facts' });

  constructor(private readonly text: Translate) {
    this.icon.setAttribute('aria-hidden', 'true');
    this.element.append(element('div', {}, this.icon, ' ', this.serial, this.state), this.facts);
  }

  show({ registry, serialNumber, id, type, site, name = '', state, heard }: ShownDevice): void {
    this.icon.className = `fa fa-circle gridwire-trouble-${COLOURS[state]}`;
    write(this.serial, serialNumber);
    write(this.state, this.text(`state.${state}`));
    const last = heard === undefined ? '' : this.text('last', { at: moment(heard) });
    const where = site === undefined ? '' : this.text('site', { site });
    const facts = [name, `${type} ${id}`, where, last, registry.name];
    write(this.facts, facts.filter((fact) => fact !== '').join(' · '));
  }
}
