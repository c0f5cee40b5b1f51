import { type Clock, toWall } from '../../clock.js';
import type { Condition } from '../conditions/condition.js';
import type { Alarm, AlarmState } from './alarms.js';

/** An alarm as others read it. */
export interface ShownAlarm extends Pick<
  Condition,
  'name' | 'subject' | 'severity' | 'text' | 'value' | 'code'
> {
  key: string;
  state: AlarmState;
  /** When its condition came, by the machine's clock as it is set now: milliseconds since the epoch. */
  since: number;
  by?: string;
}

export function shownAlarm({ key, state, since, by, condition }: Alarm, clock: Clock): ShownAlarm {
  const { name, subject, severity, text, value, code } = condition;
  return {
    ...{ key, name, subject, state, severity, text, since: toWall(clock, since) },
    ...(value === undefined ? {} : { value }),
    ...(code === undefined ? {} : { code }),
    ...(by === undefined ? {} : { by }),
  };
}
