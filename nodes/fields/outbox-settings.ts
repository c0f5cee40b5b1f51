import type { OutboxOptions } from '../../src/delivery/outbound/outbox.js';
import type { Settings } from '../runtime/settings.js';

/** The bounds and the rate of a node's outbox, as its panel names them. */
export function outboxSettings(
  settings: Settings,
): Pick<OutboxOptions, 'maxCount' | 'maxBytes' | 'maxAge' | 'drainRate' | 'whenFull'> {
  const number = (field: string, maximum: number, otherwise: number, minimum = 1): number =>
    settings.integer(field, { minimum, maximum, otherwise });
  return {
    maxCount: number('outboxCount', 1_000_000, 10_000),
    maxBytes: number('outboxMib', 65_536, 64) * 1_048_576,
    maxAge: number('outboxMinutes', 527_040, 1_440) * 60_000,
    drainRate: number('drainRate', 100_000, 0, 0),
    whenFull: settings.choice('whenFull', ['reject', 'drop-oldest'], 'reject'),
  };
}
