import { element } from '../elements.js';
import { type Row, write } from '../keyed-list.js';
import { button, confirmed, labelled } from '../letters/elements.js';
import { moment } from '../written.js';
import { api, may, type Translate } from '../red.js';
import { enterInTable, type TableRow } from './table-entry.js';

/** A device that was heard and is not in the table, as `GET /gridwire/devices` has it. */
export interface ShownNewcomer {
  registry: { id: string; name: string };
  serialNumber: string;
  site?: number;
  lastSeen: number;
  messages: number;
  state: 'held' | 'onboarded';
}

/** One of them: what it sent, and for who may the decision about it. */
export class NewcomerRow implements Row<ShownNewcomer> {
  readonly element = element('li');
  private readonly icon = element('i');
  private readonly serial = element('span', { className: 'gridwire-letters-topic' });
  private readonly state = element('span', { className: 'gridwire-mark' });
  private readonly facts = element('div', { className: 'gridwire-letters-facts' });
  private readonly id = element('input', { type: 'text', inputMode: 'numeric', spellcheck: false });
  private readonly type = element('input', { type: 'text', spellcheck: false });
  private readonly decision: HTMLElement;
  private readonly approve: HTMLButtonElement;
  private readonly dismiss: HTMLButtonElement;
  private newcomer: ShownNewcomer | undefined;

  /** @param said tells what came of a decision, or why there is none */
  constructor(
    private readonly text: Translate,
    private readonly said: (words: string) => void,
  ) {
    this.icon.setAttribute('aria-hidden', 'true');
    this.approve = button(text('approve'), () => this.decide('approve'), 'primary');
    this.dismiss = button(text('dismiss'), () => this.ask());
    this.decision = element(
      'div',
      { hidden: !may('devices', 'gridwire-devices.write') },
      labelled(text('id'), this.id),
      labelled(text('type'), this.type),
      element('div', { className: 'gridwire-letters-buttons' }, this.approve, this.dismiss),
    );
    const line = element('div', {}, this.icon, ' ', this.serial, this.state);
    this.element.append(line, this.facts, this.decision);
  }

  show(newcomer: ShownNewcomer): void {
    this.newcomer = newcomer;
    const { registry, serialNumber: device, site, lastSeen, messages, state } = newcomer;
    this.icon.className = `fa fa-circle gridwire-trouble-${state === 'held' ? 'yellow' : 'grey'}`;
    write(this.serial, device);
    write(this.state, this.text(`state.${state}`));
    const where = site === undefined ? '' : this.text('site', { site });
    const last = this.text('last', { at: moment(lastSeen) });
    const facts = [this.text('messages', { count: messages }), where, last, registry.name];
    write(this.facts, facts.filter((fact) => fact !== '').join(' · '));
    for (const [control, field] of [
      [this.id, 'id'],
      [this.type, 'type'],
    ] as const)
      control.setAttribute('aria-label', this.text('field-of', { field: this.text(field), device }));
    this.approve.setAttribute('aria-label', this.text('approve-which', { device }));
    this.dismiss.setAttribute('aria-label', this.text('dismiss-which', { device }));
    // Nothing is held of one that was taken in, so that there is nothing to give up.
    this.dismiss.hidden = state !== 'held';
  }

  private ask(): void {
    const { serialNumber: device = '' } = this.newcomer ?? {};
    confirmed(this.text, this.text('dismiss-question', { device }), this.text('dismiss'), () =>
      this.decide('dismiss'),
    );
  }

  private decide(what: 'approve' | 'dismiss'): void {
    if (this.newcomer === undefined) return;
    const { registry, serialNumber, site } = this.newcomer;
    const who = { serialNumber, ...(site === undefined ? {} : { site }) };
    const row = { ...who, id: this.id.value.trim(), type: this.type.value.trim() };
    const url = `gridwire/devices/${encodeURIComponent(registry.id)}/${what}`;
    api<{ released: number; device?: TableRow }>('POST', url, what === 'approve' ? row : who).then(
      ({ released, device }) => {
        if (device !== undefined) enterInTable(registry.id, device);
        const words = what === 'approve' ? 'approved' : 'dismissed';
        this.said(this.text(words, { device: serialNumber, released }));
      },
      (error: unknown) => this.said(error instanceof Error ? error.message : String(error)),
    );
  }
}
