import { element } from '../elements.js';
import { KeyedList, write } from '../keyed-list.js';
import { labelledAbove } from '../letters/elements.js';
import { poll } from '../poll.js';
import { api, may, type Translate } from '../red.js';
import { addSection } from '../sidebar/sidebar.js';
import { DeviceRow, type ShownDevice } from './device-row.js';
import { NewcomerRow, type ShownNewcomer } from './newcomer-row.js';
import { RegistryRow, type ShownRegistry } from './registry-row.js';

const EVERY = 2_000;

/** Adds to the sidebar who is in the device registries, who is silent, and who waits for a decision. */
export function addDevices(translate: Translate): void {
  addSection('devices', () => {
    const text: Translate = (key, values) => translate(`gridwire-broker.devices.${key}`, values);
    const devices = new Devices(text);
    return { label: text('title'), element: devices.element, opened: () => devices.opened() };
  });
}

type Group = 'registries' | 'newcomers' | 'known';

class Devices {
  readonly element = element('div', { className: 'gridwire-overview' });
  private readonly find = element('input', { type: 'text', spellcheck: false });
  private readonly message = element('div', { className: 'gridwire-letters-message' });
  private readonly registries: KeyedList<ShownRegistry>;
  private readonly newcomers: KeyedList<ShownNewcomer>;
  private readonly known: KeyedList<ShownDevice>;
  private readonly notes = new Map<Group, HTMLElement>();
  private readonly look: () => void;
  private isAway = false;

  constructor(private readonly text: Translate) {
    this.message.setAttribute('role', 'status');
    this.find.placeholder = text('find-placeholder');
    this.find.addEventListener('change', () => this.look());
    const keyOf = ({ registry, serialNumber }: ShownDevice | ShownNewcomer): string =>
      `${registry.id} ${serialNumber}`;
    const said = (words: string): void => {
      write(this.message, words);
      this.look();
    };
    this.registries = new KeyedList(
      text('registries'),
      ({ id }) => id,
      () => new RegistryRow(text),
    );
    this.newcomers = new KeyedList(text('newcomers'), keyOf, () => new NewcomerRow(text, said));
    this.known = new KeyedList(text('known'), keyOf, () => new DeviceRow(text));
    this.element.append(
      labelledAbove(text('find'), this.find),
      this.message,
      ...this.group('registries', this.registries.element),
      ...this.group('newcomers', this.newcomers.element),
      ...this.group('known', this.known.element),
    );
    this.look = poll(this.element, EVERY, () => this.ask());
  }

  opened(): void {
    if (may('states', 'gridwire-devices.read')) this.look();
    else write(this.message, this.text('no-right'));
  }

  private group(name: Group, list: HTMLElement): HTMLElement[] {
    const note = element('p', { hidden: true });
    this.notes.set(name, note);
    return [element('h4', { textContent: this.text(name) }), note, list];
  }

  private async ask(): Promise<void> {
    const find = this.find.value.trim();
    try {
      const asked = new URLSearchParams({ find }).toString();
      const { registries } = await api<{ registries: ShownRegistry[] }>('GET', `gridwire/devices?${asked}`);
      // An answer to what is not wanted any more.
      if (find === this.find.value.trim()) this.show(registries);
      // What was said of a decision stays.
      if (this.isAway) write(this.message, '');
      this.isAway = false;
    } catch (error) {
      this.isAway = true;
      write(this.message, error instanceof Error ? error.message : String(error));
    }
  }

  private show(registries: readonly ShownRegistry[]): void {
    const known = registries.flatMap(({ id, name, devices }) =>
      devices.map((device) => ({ ...device, registry: { id, name } })),
    );
    const newcomers = registries.flatMap(({ id, name, newcomers: all }) =>
      all.map((newcomer) => ({ ...newcomer, registry: { id, name } })),
    );
    this.registries.show(registries);
    this.newcomers.show(newcomers);
    this.known.show(known);
    const more = (of: 'devices' | 'newcomers'): number =>
      registries.reduce((total, registry) => total + registry.more[of], 0);
    this.note('registries', registries.length, 0);
    this.note('newcomers', newcomers.length, more('newcomers'));
    this.note('known', known.length, more('devices'));
  }

  /** That there is nothing, or that there is more than is shown. */
  private note(name: Group, shown: number, more: number): void {
    const note = this.notes.get(name);
    if (note === undefined) return;
    note.hidden = shown > 0 && more === 0;
    if (!note.hidden) write(note, more > 0 ? this.text('more', { count: more }) : this.text(`no-${name}`));
  }
}
