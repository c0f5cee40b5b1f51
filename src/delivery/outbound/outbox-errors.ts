import { GridwireError } from '../../errors.js';
import type { Item } from './outbox-item.js';

export function droppedError(topic: string): GridwireError {
  const text = `The outbox is full, and the oldest event (for ${topic}) gave way to a newer one.`;
  return new GridwireError('OUTBOX_DROPPED', text);
}

export function erasedError(topic: string): GridwireError {
  const text = `The event for ${topic} was erased from the store before it was sent.`;
  return new GridwireError('OUTBOX_DROPPED', text);
}

export function closedError(topic: string): GridwireError {
  const text = `The node was closed while an event for ${topic} waited for its broker.`;
  return new GridwireError('BROKER_CLOSED', text);
}

export function closingError(): GridwireError {
  return new GridwireError('BROKER_CLOSED', 'The node is being closed and accepts no more events.');
}

export function discardedError(topic: string): GridwireError {
  return new GridwireError(
    'OUTBOX_DISCARDED',
    `The event for ${topic} was discarded by hand before its broker had it.`,
  );
}

/** Why an event is refused: so many events of so many bytes wait already. */
export function outboxFull(count: number, bytes: number): GridwireError {
  const text = `The outbox is full: ${count} events (${bytes} bytes) wait for the broker. Restore the broker, raise the limits, or send less.`;
  return new GridwireError('OUTBOX_FULL', text, { details: { count, bytes } });
}

/** Why an event is refused for good: waiting would not help, not even for an empty outbox. */
export function neverFits(topic: string, bytes: number, limit: number): GridwireError {
  const text = `The event for ${topic} takes ${bytes} bytes, and the outbox holds ${limit} in all; make it smaller, or raise the outbox's limit.`;
  return new GridwireError('BODY_TOO_LARGE', text, { details: { topic, bytes, limit } });
}

/** Why an event must not be sent any more, whose deadline has passed. */
export function expiredError({ topic, expiresAt, acceptedAt }: Item, now: number): GridwireError {
  if (expiresAt !== undefined && now >= expiresAt) {
    const text = `The event for ${topic} expired ${Math.round(now - expiresAt)} ms ago and was not sent: late is worse than never here.`;
    return new GridwireError('EVENT_EXPIRED', text);
  }
  const text = `The event for ${topic} waited ${Math.round(now - acceptedAt)} ms for the broker, longer than the outbox keeps it.`;
  return new GridwireError('OUTBOX_EXPIRED', text);
}
