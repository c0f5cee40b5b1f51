import { encrypt } from '../frames/cipher.js';
import type { LocalPeripheral } from '../reader/local-link.js';
import { BatteryModel, shownCharge } from './battery-model.js';
import type { Shown } from './encode.js';
import { MonitorFirmware } from './firmware.js';
import type { SimulatedMonitor } from './fleet.js';

/** How many frames a link lasts when the monitor loses links. */
const FRAMES_UNTIL_DROP = 20;
const NOISE_EVERY = 3;

/** One simulated monitor: a battery, its firmware, and its share of trouble. */
export class SimulatedPeripheral implements LocalPeripheral {
  readonly monitor: SimulatedMonitor;
  readonly #battery: BatteryModel;
  readonly #speed: number;
  readonly #history: Shown[];
  readonly #lose: () => void;
  #lastAt = performance.now();
  #firmware: MonitorFirmware | undefined;
  #notify: ((bytes: Uint8Array) => void) | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #frames = 0;

  /**
   * @param speed simulated seconds per second
   * @param historyRecords how many records it has stored
   * @param lose ends the link as a weak radio would
   */
  constructor(monitor: SimulatedMonitor, speed: number, historyRecords: number, lose: () => void) {
    this.monitor = monitor;
    this.#speed = speed;
    this.#lose = lose;
    this.#battery = new BatteryModel(monitor.behaviour, monitor.charge, monitor.ambient);
    this.#history = Array.from({ length: historyRecords }, () => {
      this.#battery.advance(120);
      return this.#shown();
    }).reverse();
  }

  /** What it advertises now: the encrypted block with its address, voltage and charge. */
  manufacturerData(): Uint8Array {
    this.#passTime();
    const { family, address } = this.monitor;
    const { voltage, stateOfCharge } = this.#shown();
    const mac = Uint8Array.from(Buffer.from(address.replaceAll(':', ''), 'hex'));
    const volts = Math.round(voltage * 100);
    if (family === 'BM2') mac.reverse();
    return encrypt(family, Uint8Array.of(...mac, volts >> 8, volts & 0xff, stateOfCharge));
  }

  onSubscribe(notify: (bytes: Uint8Array) => void): void {
    this.#notify = notify;
    this.#frames = 0;
    this.#firmware = new MonitorFirmware(this.monitor.family, () => this.#shown(), this.#history);
    this.#ticking = setInterval(() => this.#tick(), 1000 / this.#speed);
  }

  onWrite(bytes: Uint8Array): void {
    const answers = this.#firmware?.answer(bytes) ?? [];
    setImmediate(() => answers.forEach((answer) => this.#notify?.(answer)));
  }

  onClose(): void {
    clearInterval(this.#ticking);
    this.#notify = undefined;
  }

  #tick(): void {
    this.#passTime();
    const frame = this.#firmware?.tick();
    if (!frame) return;
    this.#frames += 1;
    const { failure } = this.monitor;
    if (failure === 'drops' && this.#frames > FRAMES_UNTIL_DROP) this.#lose();
    else this.#notify?.(failure === 'noise' && this.#frames % NOISE_EVERY === 0 ? spoilt(frame) : frame);
  }

  #passTime(): void {
    const now = performance.now();
    this.#battery.advance(((now - this.#lastAt) / 1000) * this.#speed);
    this.#lastAt = now;
  }

  #shown(): Shown {
    const { voltage, temperature, isCharging } = this.#battery;
    return { voltage, stateOfCharge: shownCharge(voltage), temperature, isCharging };
  }
}

function spoilt(frame: Uint8Array): Uint8Array {
  return frame.map((value, index) => (index === 0 ? value ^ 0x01 : value));
}
