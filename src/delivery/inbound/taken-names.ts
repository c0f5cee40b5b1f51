import { PassingMap } from '../../passing-map.js';
import type { ArrivalOrigin } from './effects.js';

/** So many are remembered; the oldest give way. */
const MOST = 20_000;

/**
 * The names of messages that have left their broker and are not at their end: the store has them. A broker names a
 * message only for as long as it keeps it (MQTT uses packet ids again), so what comes for the first time under such a
 * name is another message, and gets a name that is not taken.
 */
export class TakenNames {
  /** By the key of the message's row. */
  private readonly byKey = new PassingMap<string, string>();
  private readonly names = new Set<string>();

  take(key: string, name: string): void {
    if (this.byKey.has(key)) return;
    this.byKey.set(key, name);
    this.names.add(name);
    if (this.byKey.size <= MOST) return;
    const { oldest } = this.byKey;
    if (oldest !== undefined) this.free(oldest);
  }

  /** The message has come to its end. */
  free(key: string): void {
    const name = this.byKey.get(key);
    if (name === undefined) return;
    this.byKey.delete(key);
    this.names.delete(name);
  }

  /** What comes under a name that is taken gets one that is not. */
  tellApart(origin: ArrivalOrigin): void {
    if (this.names.size === 0) return;
    for (let number = 1; this.names.has(origin.key); number += 1) origin.rename(number);
  }
}
