import type { AlertRuleData } from '../contracts/contract-data.js';
import { atPointer } from '../contracts/json/pointer.js';
import type { Json } from '../event.js';
import { PassingMap } from '../passing-map.js';
import { type ThresholdAlert, alertOf, isBeyond } from './alerts.js';

/** Rules for one alert of one member on one side, strictest first. */
interface Ladder {
  name: string;
  member: string;
  rules: AlertRuleData[];
}

/** What is known of one ladder at one device. */
interface State {
  /** Time of the newest measurement, milliseconds since the epoch. */
  time: number;
  /** The rules whose alert is not over. */
  active: readonly AlertRuleData[];
  /** Where it was measured, by which `forget` finds it. */
  topic: string;
}

const NONE: readonly AlertRuleData[] = [];

/** How many pairs of device and alert are remembered unless told otherwise. */
const DEFAULT_LIMIT = 100_000;

/**
 * Tells when a device's measurement passes a threshold: once, and again when it passes a stricter one or has been back
 * in between. The time of the measurement decides: a late one raises nothing and changes nothing.
 */
export class AlertWatch {
  private readonly ladders: Ladder[];
  private readonly states = new PassingMap<string, State>();

  /** @param limit how many pairs of device and alert are remembered; the longest unheard are forgotten first */
  constructor(
    rules: readonly AlertRuleData[],
    private readonly limit = DEFAULT_LIMIT,
  ) {
    this.ladders = laddersOf(rules);
  }

  /** How many pairs of device and alert are remembered. */
  get size(): number {
    return this.states.size;
  }

  /**
   * The alerts that this measurement raises.
   * @param time when it was measured, milliseconds since the epoch
   * @param topic where it came, by which `forget` finds what it left
   */
  check(serialNumber: string, payload: Json, time: number, topic = ''): ThresholdAlert[] {
    return this.ladders.flatMap((ladder) => {
      const value = atPointer(payload, ladder.member);
      if (typeof value !== 'number' || !Number.isFinite(value)) return [];
      const key = `${serialNumber}\u0000${ladder.name}`;
      const known = this.states.get(key);
      if (known !== undefined && time < known.time) return [];
      const before = known?.active ?? NONE;
      const active = ladder.rules.filter(
        (rule) => isBeyond(rule, value) || (before.includes(rule) && !isOver(rule, value)),
      );
      this.remember(key, { time, active: active.length === 0 ? NONE : active, topic });
      const passed = ladder.rules.findIndex((rule) => isBeyond(rule, value));
      const rule = ladder.rules[passed];
      const isKnown = ladder.rules.slice(0, passed + 1).some((each) => before.includes(each));
      return rule === undefined || isKnown ? [] : [alertOf(rule, value)];
    });
  }

  /** Drops what came on these topics: another process followed it meanwhile, and what is beyond is told again. */
  forget(isTold: (topic: string) => boolean): void {
    for (const [key, { topic }] of this.states) if (isTold(topic)) this.states.delete(key);
  }

  private remember(key: string, state: State): void {
    this.states.renew(key, state);
    this.states.keepTo(this.limit);
  }
}

function isOver({ above, below, clearAt }: AlertRuleData, value: number): boolean {
  if (above !== undefined) return value <= (clearAt ?? above);
  return value >= (clearAt ?? below ?? Infinity);
}

function laddersOf(rules: readonly AlertRuleData[]): Ladder[] {
  const ladders = new Map<string, Ladder>();
  for (const rule of rules) {
    const { type, member, above } = rule;
    const name = [type, member, above === undefined ? 'below' : 'above'].join('\u0000');
    const ladder = ladders.get(name) ?? { name, member, rules: [] };
    ladder.rules.push(rule);
    ladders.set(name, ladder);
  }
  for (const ladder of ladders.values())
    ladder.rules.sort((a, b) => (b.above ?? 0) - (a.above ?? 0) || (a.below ?? 0) - (b.below ?? 0));
  return [...ladders.values()];
}
