/** What keeps a message from being settled soon, or at all. The key of the text that names the remedy. */
export type FindingKind =
  /** It waits in a node for a while; nothing to do if the window is wide enough. */
  | 'holds-messages'
  /** A node waits for more messages than the window lets through at one time. */
  | 'window-never-fills'
  /** It may be held longer than the settlement timeout. */
  | 'outlasts-timeout'
  /** The node keeps some messages without ever reporting them done. */
  | 'may-never-complete'
  /** The node reports done and sends later: the settlement comes too early. */
  | 'sends-later'
  /** The node does not report completion; it counts as finished a second after its last sign. */
  | 'no-completion';

export interface Limits {
  /** How many messages the source has under way at most. */
  window: number;
  /** After how long a message is settled as timed out, milliseconds. */
  timeoutMs: number;
}

export interface Verdict {
  kind: FindingKind;
  /** The number the verdict rests on: a count of messages, or milliseconds. */
  value?: number;
}

type Config = Record<string, unknown>;
type Rule = (config: Config, limits: Limits) => Verdict | undefined;

const UNIT_MS: Record<string, number> = {
  ms: 1,
  milliseconds: 1,
  s: 1_000,
  seconds: 1_000,
  second: 1_000,
  min: 60_000,
  minutes: 60_000,
  minute: 60_000,
  hr: 3_600_000,
  hours: 3_600_000,
  hour: 3_600_000,
  days: 86_400_000,
  day: 86_400_000,
};

/** By node type, from the settings as deployed. */
export const DOWNSTREAM_RULES: Readonly<Record<string, Rule>> = {
  batch(config, limits) {
    if (config['mode'] === 'interval') return held(number(config['interval']) * 1_000, limits);
    if (config['mode'] === 'concat') return { kind: 'holds-messages' };
    if (number(config['overlap']) > 0)
      return { kind: 'may-never-complete', value: number(config['overlap']) };
    return gathered(number(config['count']), limits);
  },
  join(config, limits) {
    if (config['mode'] !== 'custom') return undefined;
    const [count, timeout] = [number(config['count']), number(config['timeout']) * 1_000];
    if (timeout > 0) return held(timeout, limits);
    return count > 0 ? gathered(count, limits) : { kind: 'may-never-complete' };
  },
  delay(config, limits) {
    const type = config['pauseType'];
    if (type === 'rate' || type === 'timed' || type === 'queue') {
      if (config['drop'] === true) return undefined;
      const period = number(config['nbRateUnits'], 1) * unit(config['rateUnits'], 1_000);
      const waiting = Number.isFinite(limits.window) ? limits.window : 1;
      return held((period / Math.max(number(config['rate'], 1), 1e-9)) * waiting, limits);
    }
    if (type === 'random')
      return held(number(config['randomLast']) * unit(config['randomUnits'], 1_000), limits);
    return held(number(config['timeout']) * unit(config['timeoutUnits'], 1_000), limits);
  },
  trigger(config, limits) {
    const duration = number(config['duration']) * unit(config['units'], 1);
    if (duration < 0) return { kind: 'sends-later', value: -duration };
    return config['op2type'] === 'nul' || duration === 0 ? undefined : held(duration, limits);
  },
  split: (config) => (config['stream'] === true ? { kind: 'may-never-complete' } : undefined),
  sort: (config) => (config['targetType'] === 'seq' ? { kind: 'holds-messages' } : undefined),
  switch: (config) => (config['repair'] === true ? { kind: 'holds-messages' } : undefined),
  'tcp request': () => ({ kind: 'sends-later' }),
  'link call': (config, limits) => {
    const timeout = number(config['timeout'], 30) * 1_000;
    return timeout > limits.timeoutMs ? { kind: 'outlasts-timeout', value: timeout } : undefined;
  },
  function(config) {
    const code = typeof config['func'] === 'string' ? config['func'] : '';
    if (code.includes('setInterval')) return { kind: 'sends-later' };
    return code.includes('setTimeout') ? { kind: 'holds-messages' } : undefined;
  },
};

function gathered(count: number, { window }: Limits): Verdict | undefined {
  if (count > window) return { kind: 'window-never-fills', value: count };
  return count > 1 ? { kind: 'holds-messages', value: count } : undefined;
}

function held(milliseconds: number, { timeoutMs }: Limits): Verdict {
  return { kind: milliseconds >= timeoutMs ? 'outlasts-timeout' : 'holds-messages', value: milliseconds };
}

function number(value: unknown, otherwise = 0): number {
  const parsed = Number(value);
  return value === '' || value === null || !Number.isFinite(parsed) ? otherwise : parsed;
}

function unit(value: unknown, otherwise: number): number {
  return (typeof value === 'string' ? UNIT_MS[value] : undefined) ?? otherwise;
}
