import type { WireMessage } from '../../../src/event.js';

const numbers = new WeakMap<Uint8Array, number>();

/** Remembers which event's bytes these are: equal bytes of different events are different objects here. */
export function number(message: WireMessage, n: number): void {
  numbers.set(message.body, n);
}

/** Which event a message is, wherever it has gone: rows and letters keep the object of the bytes. */
export function numberOf(message: WireMessage): number {
  return numbers.get(message.body) ?? 0;
}
