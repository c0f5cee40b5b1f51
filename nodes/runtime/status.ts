import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Broker } from '../../src/brokers/broker.js';
import { systemClock } from '../../src/clock.js';
import { type Condition, Conditions, type StatusWord, type Told } from './conditions.js';
import { statusBoardOf, type Trouble, type TroubleSource } from './status-board.js';

export type { StatusWord } from './conditions.js';

type Look = Pick<NodeStatus, 'fill' | 'shape'>;

const LOOKS: Record<StatusWord, Look> = {
  'settings-invalid': { fill: 'red', shape: 'ring' },
  'outbox-full': { fill: 'red', shape: 'dot' },
  'store-away-waiting': { fill: 'red', shape: 'ring' },
  'store-away': { fill: 'red', shape: 'ring' },
  error: { fill: 'red', shape: 'dot' },
  'battery-poor': { fill: 'red', shape: 'dot' },
  'battery-fair': { fill: 'yellow', shape: 'dot' },
  'battery-good': { fill: 'green', shape: 'dot' },
  'monitors-away': { fill: 'yellow', shape: 'dot' },
  'monitor-reading': { fill: 'blue', shape: 'ring' },
  'monitor-history': { fill: 'blue', shape: 'dot' },
  'monitor-history-of': { fill: 'blue', shape: 'dot' },
  'monitors-found': { fill: 'blue', shape: 'dot' },
  monitors: { fill: 'green', shape: 'dot' },
  'monitor-done': { fill: 'green', shape: 'dot' },
  'no-solution': { fill: 'red', shape: 'dot' },
  'alarm-critical': { fill: 'red', shape: 'dot' },
  'alarm-critical-known': { fill: 'red', shape: 'ring' },
  unhealthy: { fill: 'red', shape: 'dot' },
  'disconnected-why': { fill: 'red', shape: 'ring' },
  disconnected: { fill: 'red', shape: 'ring' },
  'broker-failing': { fill: 'red', shape: 'dot' },
  hinders: { fill: 'red', shape: 'ring' },
  'waiting-why': { fill: 'yellow', shape: 'dot' },
  waiting: { fill: 'yellow', shape: 'dot' },
  unreadable: { fill: 'red', shape: 'dot' },
  problem: { fill: 'yellow', shape: 'dot' },
  refused: { fill: 'yellow', shape: 'dot' },
  dropped: { fill: 'yellow', shape: 'dot' },
  'stream-missed': { fill: 'yellow', shape: 'dot' },
  'given-up': { fill: 'yellow', shape: 'dot' },
  rejected: { fill: 'yellow', shape: 'dot' },
  held: { fill: 'yellow', shape: 'ring' },
  letters: { fill: 'yellow', shape: 'dot' },
  'store-slow': { fill: 'yellow', shape: 'dot' },
  silent: { fill: 'yellow', shape: 'dot' },
  'alarm-warning': { fill: 'yellow', shape: 'dot' },
  'alarm-warning-known': { fill: 'yellow', shape: 'ring' },
  degraded: { fill: 'yellow', shape: 'dot' },
  retrying: { fill: 'yellow', shape: 'dot' },
  draining: { fill: 'yellow', shape: 'dot' },
  connecting: { fill: 'yellow', shape: 'ring' },
  retiring: { fill: 'blue', shape: 'ring' },
  studying: { fill: 'blue', shape: 'dot' },
  replaying: { fill: 'blue', shape: 'dot' },
  paused: { fill: 'blue', shape: 'ring' },
  partitions: { fill: 'green', shape: 'dot' },
  'received-lag': { fill: 'green', shape: 'dot' },
  received: { fill: 'green', shape: 'dot' },
  sent: { fill: 'green', shape: 'dot' },
  mirrored: { fill: 'green', shape: 'dot' },
  recovered: { fill: 'green', shape: 'dot' },
  replayed: { fill: 'green', shape: 'dot' },
  settled: { fill: 'green', shape: 'dot' },
  stepped: { fill: 'green', shape: 'dot' },
  streaming: { fill: 'green', shape: 'dot' },
  'no-alarm': { fill: 'green', shape: 'dot' },
  healthy: { fill: 'green', shape: 'dot' },
  connected: { fill: 'green', shape: 'dot' },
  ready: { fill: 'grey', shape: 'ring' },
};

type Values = Record<string, string | number>;

/** A node that handles thousands of messages a second must not send as many status updates to every open editor. */
const INTERVAL = 500;

/** How a thing takes its course while nothing is wrong. */
const COURSE = 'course';
/** Whether the node's broker is there. */
const CONNECTION = 'connection';

/**
 * Shows a node's status by the rule of `Conditions`: at once when it was quiet, else the latest one twice a second. Each
 * part of a node says by `set`, `happened` and `clear` what it knows; what takes its course is said by `show`. They are
 * called for every message, so they only note; translating costs more than publishing does and waits until something is
 * really shown.
 */
export class StatusLine implements TroubleSource {
  private readonly conditions = new Conditions();
  private last = 0;
  private shown = '';
  private isNews = false;
  /** Who is to be asked before anything is shown. */
  private readonly looks = new Set<() => void>();
  private isLooking = false;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    /** A config node has no place for one; its panel shows what is wrong. */
    private readonly isShown: boolean,
  ) {
    const board = statusBoardOf(RED);
    board.add(node, this);
    node.on('close', () => {
      board.remove(node, this);
      this.stop();
    });
  }

  /** How things are going, while nothing is wrong. */
  show(word: StatusWord, values: Values = {}): void {
    this.set(COURSE, word, values);
  }

  /** Something is true from now on, until the part says otherwise. @param error its sentence, and why in a word */
  set(part: string, word: StatusWord, values: Values = {}, error?: Told): void {
    this.conditions.set(part, { word, values, error });
    this.changed();
  }

  /**
   * Something has happened that a person should know of: it is shown until somebody says to have seen it.
   * @param forget begins its counter anew
   */
  happened(part: string, word: StatusWord, values: Values, forget: () => void, error?: Told): void {
    this.conditions.set(part, { word, values, error }, forget);
    this.changed();
  }

  clear(part: string): void {
    this.conditions.clear(part);
    this.changed();
  }

  /** Something has changed that changes with every message: `look` is called, once, before the status is shown. */
  lookLater(look: () => void): void {
    this.looks.add(look);
    this.changed();
  }

  /** Says how a broker is; `error` is what ended its connection, where that is known. */
  connection({ state }: Broker, error?: Told): void {
    // While it is tried again, what ended it is still the news.
    if (state === 'connecting' && this.conditions.of(CONNECTION)?.word === 'disconnected-why') return;
    if (state === 'disconnected' && error !== undefined) this.set(CONNECTION, 'disconnected-why', {}, error);
    else this.set(CONNECTION, state);
  }

  /** Somebody has looked. */
  seen(): void {
    this.look();
    this.conditions.seen();
    this.changed();
  }

  /** All that is wrong now, worst first. */
  get troubles(): Trouble[] {
    this.look();
    return this.conditions.troubles.map(({ happened, ...condition }) => ({
      text: this.text(condition),
      colour: LOOKS[condition.word].fill ?? 'grey',
      happened,
      ...(condition.error === undefined
        ? {}
        : {
            code: condition.error.code,
            sentence: condition.error.message,
            ...remedyOf(this.RED, condition.error),
          }),
    }));
  }

  private changed(): void {
    this.isNews = true;
    if (this.timer !== undefined || this.isLooking || this.isStopped) return;
    const wait = this.last + INTERVAL - systemClock.now();
    if (wait <= 0) {
      this.flush();
    } else {
      this.timer = setTimeout(() => this.flush(), wait);
      this.timer.unref();
    }
  }

  private flush(): void {
    this.timer = undefined;
    this.look();
    const { worst } = this.conditions;
    if (!this.isNews || worst === undefined) return;
    this.isNews = false;
    // Also where the same is to be shown: else every message would have it translated.
    this.last = systemClock.now();
    const text = this.text(worst);
    const key = `${worst.word} ${text}`;
    if (key === this.shown) return;
    this.shown = key;
    if (this.isShown) this.node.status({ ...LOOKS[worst.word], text });
  }

  private look(): void {
    if (this.looks.size === 0) return;
    const looks = [...this.looks];
    this.looks.clear();
    this.isLooking = true;
    try {
      for (const look of looks) look();
    } finally {
      this.isLooking = false;
    }
  }

  private text({ word, values, error }: Condition): string {
    const why = error === undefined ? {} : { why: whyText(this.RED, error) };
    return this.RED._(`gridwire.status.${word}`, { ...values, ...why });
  }

  /** What a node learns while it closes is not shown: by then the place belongs to its successor, whose id is the same. */
  private stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.looks.clear();
    this.isNews = false;
  }
}

/** What to do about it, in the runtime's language; the sentence with its facts is English. */
function remedyOf(RED: NodeAPI, { why, condition }: Told): { remedy?: string } {
  if (condition !== undefined) return { remedy: RED._(`gridwire.condition-remedy.${condition}`) };
  return why === undefined ? {} : { remedy: RED._(`gridwire.remedy.${why}`) };
}

/** Why, in one or two words; the code where there are none. */
export function whyText(RED: NodeAPI, { why, code }: Told): string {
  return why === undefined ? code : RED._(`gridwire.why.${why}`);
}
