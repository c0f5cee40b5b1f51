/**
 * A lead-acid starter battery as far as a monitor can see it: a voltage over charge, a drop over current, a slow
 * temperature. Good enough to make every node show something believable; no battery research.
 */
export interface Phase {
  seconds: number;
  /** Positive charges the battery. */
  amperes: number;
}

/** What a battery goes through, over and over. */
export const BEHAVIOURS = {
  resting: [{ seconds: 3600, amperes: -0.05 }],
  charging: [
    { seconds: 1800, amperes: 12 },
    { seconds: 600, amperes: -4 },
  ],
  discharging: [
    { seconds: 2400, amperes: -6 },
    { seconds: 1200, amperes: 11 },
  ],
  driving: [
    { seconds: 20, amperes: -0.5 },
    { seconds: 3, amperes: -170 },
    { seconds: 300, amperes: 15 },
    { seconds: 120, amperes: -0.5 },
  ],
} as const satisfies Record<string, readonly Phase[]>;

export type Behaviour = keyof typeof BEHAVIOURS;

/** The monitors' own default table for lead-acid runs evenly from 11.90 V at 0 % to 12.90 V at 100 %. */
const EMPTY_VOLTS = 11.9;
const FULL_VOLTS = 12.9;
const INTERNAL_OHMS = 0.014;
const CAPACITY_AMPERE_HOURS = 70;
/** The alternator's regulator. */
const MOST_VOLTS = 14.4;
const LEAST_CHARGE = 0.05;

const IDLE = { phase: { seconds: Infinity, amperes: 0 }, remaining: Infinity };

export class BatteryModel {
  readonly #phases: readonly Phase[];
  readonly #ambient: number;
  #charge: number;
  #elapsed = 0;

  /**
   * @param charge 0 to 1
   * @param ambient degrees Celsius
   */
  constructor(behaviour: Behaviour, charge: number, ambient: number) {
    this.#phases = BEHAVIOURS[behaviour];
    this.#charge = charge;
    this.#ambient = ambient;
  }

  /** Lets time pass, phase by phase. */
  advance(seconds: number): void {
    for (let left = seconds; left > 0;) {
      const { phase, remaining } = this.#phase();
      const step = Math.min(left, remaining);
      const charged = (phase.amperes * step) / 3600 / CAPACITY_AMPERE_HOURS;
      this.#charge = Math.min(1, Math.max(LEAST_CHARGE, this.#charge + charged));
      this.#elapsed += step;
      left -= step;
    }
  }

  /** Terminal voltage now, volts. */
  get voltage(): number {
    const drop = this.#phase().phase.amperes * INTERNAL_OHMS;
    // Charging lifts the voltage well above the resting curve; the regulator caps it.
    const lift = drop > 0 ? 0.9 : 0;
    return Math.min(MOST_VOLTS, voltsAtRest(this.#charge) + drop + lift);
  }

  get temperature(): number {
    return Math.round(this.#ambient + 3 * Math.sin(this.#elapsed / 1800));
  }

  get isCharging(): boolean {
    return this.#phase().phase.amperes > 0;
  }

  #phase(): { phase: Phase; remaining: number } {
    const cycle = this.#phases.reduce((sum, { seconds }) => sum + seconds, 0);
    let into = this.#elapsed % cycle;
    for (const phase of this.#phases) {
      if (into < phase.seconds) return { phase, remaining: phase.seconds - into };
      into -= phase.seconds;
    }
    // Only rounding leads here: the very end of a cycle is the start of the next.
    const [first] = this.#phases;
    return first ? { phase: first, remaining: first.seconds } : IDLE;
  }
}

function voltsAtRest(charge: number): number {
  return EMPTY_VOLTS + charge * (FULL_VOLTS - EMPTY_VOLTS);
}

/** The state of charge a monitor would show, percent: it knows the voltage only. */
export function shownCharge(voltage: number): number {
  const share = (voltage - EMPTY_VOLTS) / (FULL_VOLTS - EMPTY_VOLTS);
  return Math.round(Math.min(1, Math.max(0, share)) * 100);
}
