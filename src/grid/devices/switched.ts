import type { Device, DeviceAccount, DeviceAction, DeviceState } from './device.js';
import { clamp, requested } from './limits.js';

export interface ShuntConfig {
  id: string;
  kind: 'shunt';
  /** Id of a shunt of the network. */
  shunt: string;
  maxPosition: number;
  startPosition?: number;
  /** Cost of one change, whatever its size. */
  switchingCost?: number;
}

export interface TapChangerConfig {
  id: string;
  kind: 'tap-changer';
  /** Id of a transformer of the network that has a tap changer. */
  transformer: string;
  minPosition: number;
  maxPosition: number;
  startPosition?: number;
  /** Cost of each position passed. */
  switchingCost?: number;
}

/** Something that stands in positions: a capacitor bank or a tap changer. Its power is the network's, not its own. */
export class Switched implements Device {
  readonly kind: 'shunt' | 'tap-changer';
  readonly direction = 0;
  readonly id: string;
  readonly at: string;
  readonly state: DeviceState & { position: number };
  private readonly minimum: number;
  private cost = 0;

  constructor(private readonly config: ShuntConfig | TapChangerConfig) {
    this.kind = config.kind;
    this.id = config.id;
    this.at = config.kind === 'shunt' ? config.shunt : config.transformer;
    this.minimum = config.kind === 'shunt' ? 0 : config.minPosition;
    this.state = { pMw: 0, qMvar: 0, position: config.startPosition ?? 0 };
  }

  reset(): void {
    this.state.position = this.config.startPosition ?? 0;
    this.cost = 0;
  }

  step(action: DeviceAction): void {
    const position = action.position === undefined ? this.state.position : requested(action.position);
    this.move(clamp(Math.round(position), this.minimum, this.config.maxPosition));
  }

  problemIn({ position }: DeviceState): string | undefined {
    const { minimum, config } = this;
    if (position === undefined) return undefined;
    if (Number.isInteger(position) && position >= minimum && position <= config.maxPosition) return undefined;
    return `position must be a whole number from ${minimum} to ${config.maxPosition}, found ${position}`;
  }

  adopt({ position }: DeviceState): void {
    this.move(position ?? this.state.position);
  }

  private move(position: number): void {
    const passed = Math.abs(position - this.state.position);
    const { switchingCost = 0 } = this.config;
    this.cost = switchingCost * (this.kind === 'shunt' ? Math.min(passed, 1) : passed);
    this.state.position = position;
  }

  account(): DeviceAccount {
    return { cost: this.cost, safety: 0 };
  }
}
