import { GridwireError } from '../../errors.js';

export function droppedError(topic: string): GridwireError {
  const text = `The outbox is full, and the oldest event (for ${topic}) gave way to a newer one.`;
  return new GridwireError('OUTBOX_DROPPED', text);
}

export function closedError(topic: string): GridwireError {
  const text = `The node was closed while an event for ${topic} waited for its broker.`;
  return new GridwireError('BROKER_CLOSED', text);
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
