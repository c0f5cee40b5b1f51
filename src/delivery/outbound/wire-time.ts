import { type Clock, toWall } from '../../clock.js';
import type { WireMessage } from '../../event.js';
import type { Item } from './outbox-item.js';

/** So far the wall clock may wander before an event's expiry is told anew, milliseconds. */
const TOLERANCE = 500;

/**
 * The message as it is to be written now. Its expiry is a time of the wall clock, which may have been set since the
 * event was accepted: how long it has left is what counts.
 */
export function inTime(item: Item, clock: Clock): WireMessage {
  const message = item.message as WireMessage;
  if (item.expiresAt === undefined || message.expiresAt === undefined) return message;
  const expiresAt = Math.round(toWall(clock, item.expiresAt));
  if (Math.abs(expiresAt - message.expiresAt) <= TOLERANCE) return message;
  // Kept, because a transport knows a message that it had before by the object.
  return (item.message = { ...message, expiresAt });
}
