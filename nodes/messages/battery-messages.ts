import { builtInContract } from '../../src/contracts/library/built-in.js';
import { Contract } from '../../src/contracts/contract.js';
import { once } from '../../src/once.js';
import type { GridwireMessage } from '../runtime/messages.js';

const batteryHawk = once(() => new Contract(builtInContract('battery-hawk')));

/** Event types of the battery-hawk contract that nodes make. */
export type BatteryEventType =
  'reading' | 'status' | 'discovery' | 'vehicle-summary' | 'device-associated' | 'system-status' | 'shutdown';

/**
 * The message for an event: the payload to work with, and the whole event, so that one publish node with its type left
 * to the message publishes them all.
 * @throws GridwireError what the contract refuses
 */
export function batteryMessage(type: BatteryEventType, payload: object): GridwireMessage {
  const event = batteryHawk().build(type, { payload });
  return { topic: event.topic, payload: event.payload, event };
}

/** The notice that whoever reads the batteries, or tells how the system is, does so no more. */
export function shutdownMessage(): GridwireMessage {
  const timestamp = new Date().toISOString();
  return batteryMessage('shutdown', { status: 'shutting_down', timestamp, reason: 'normal_shutdown' });
}
