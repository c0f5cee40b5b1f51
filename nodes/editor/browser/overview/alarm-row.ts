import type { Condition } from '../../../../src/observe/conditions/condition.js';
import { element } from '../elements.js';
import { type Row, write } from '../keyed-list.js';
import { age, button } from '../letters/elements.js';
import { toOthers } from '../node-state.js';
import { told } from '../notify.js';
import { api, may, type Translate } from '../red.js';

/** What `GET /gridwire/overview` says of an alarm. */
export interface ShownAlarm {
  /** The alarm node whose it is; empty where there is none. */
  of: string;
  key: string;
  state: 'active' | 'acknowledged';
  since: number;
  name: Condition['name'];
  subject: string;
  form?: NonNullable<Condition['form']>;
  severity: 'warning' | 'critical';
  text: string;
  code?: string;
  by?: string;
}

/** What an alarm is called, and what to do about it. */
export interface AlarmWords {
  name(alarm: string): string;
  /** What is wrong with what, in a few words. */
  what(alarm: ShownAlarm): string;
  remedy(alarm: string): string;
}

/** One alarm: what is wrong, since when, what to do, and whether somebody knows. */
export class AlarmRow implements Row<ShownAlarm> {
  readonly element = element('li', { className: 'gridwire-trouble' });
  private readonly icon = element('i');
  private readonly title = element('b');
  private readonly mark = element('span', { className: 'gridwire-mark' });
  private readonly words = element('div');
  private readonly remedy = element('div');
  private readonly known = element('div', { className: 'gridwire-letters-facts' });
  private readonly button: HTMLButtonElement;
  private alarm: ShownAlarm | undefined;

  /** @param changed something was acknowledged */
  constructor(
    private readonly text: Translate,
    private readonly alarmWords: AlarmWords,
    changed: () => void,
  ) {
    this.icon.setAttribute('aria-hidden', 'true');
    this.button = button(text('acknowledge'), () => {
      const { of, key } = this.alarm ?? {};
      told(api('POST', 'gridwire/alarms/acknowledge', { of, key }).then(changed));
    });
    const line = element('div', {}, this.title, this.mark);
    this.element.append(
      this.icon,
      element('div', {}, line, this.words, this.remedy, this.known, this.button),
    );
  }

  show(alarm: ShownAlarm): void {
    this.alarm = alarm;
    const { severity, name, state, by = '', since } = alarm;
    this.icon.className = `fa fa-bell gridwire-trouble-${severity === 'critical' ? 'red' : 'yellow'}`;
    write(this.title, this.alarmWords.name(name));
    write(this.mark, this.text(`severity.${severity}`));
    write(this.words, alarm.text);
    write(this.remedy, toOthers(this.alarmWords.remedy(name)) ?? '');
    const ago = age(this.text, since);
    write(this.known, state === 'active' ? ago : this.text('known', { by, ago }));
    this.button.hidden = state !== 'active' || !may('repair');
    this.button.setAttribute(
      'aria-label',
      this.text('acknowledge-which', { alarm: this.alarmWords.what(alarm) }),
    );
  }
}
