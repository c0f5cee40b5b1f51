import type { NodeAPI } from 'node-red';
import { type Alarm, mostSevere } from '../../src/observe/alarms/alarms.js';
import { conditionWords } from '../../src/observe/conditions/condition-words.js';
import type { StatusLine } from '../runtime/status.js';

/** A panel names so many; how many there are says each of them. */
const MOST = 20;

/** Gives the node's status its alarms: each is something that is wrong now, with its sentence, until it is cleared. */
export class ShownAlarms {
  private shown: string[] = [];

  constructor(
    private readonly RED: Pick<NodeAPI, '_'>,
    private readonly status: Pick<StatusLine, 'set' | 'show' | 'clear'>,
  ) {}

  /** @param active all that are active or known of */
  show(active: readonly Alarm[]): void {
    for (const part of this.shown) this.status.clear(part);
    const some = mostSevere(active, MOST);
    this.shown = some.map(partOf);
    const more = active.length > 1 ? ` (+${active.length - 1})` : '';
    for (const alarm of some) {
      const { severity, text, code, name } = alarm.condition;
      const isKnown = alarm.state === 'acknowledged';
      const told = { code: code ?? name, message: text, condition: name };
      const values = { what: conditionWords(this.RED, alarm.condition), more };
      this.status.set(partOf(alarm), `alarm-${severity}${isKnown ? '-known' : ''}`, values, told);
    }
    this.status.show('no-alarm');
  }
}

function partOf({ key }: Alarm): string {
  return `alarm ${key}`;
}
