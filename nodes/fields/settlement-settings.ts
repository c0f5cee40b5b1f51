import type { Settings } from '../runtime/settings.js';
import { storeSetting, type UsableStoreNode } from '../runtime/store-node.js';

export interface SettlementSettings {
  /** When an event counts as processed; `receipt`: before the flow sees it. */
  mode: 'completion' | 'explicit' | 'receipt';
  /** After this long without completion an event has failed, milliseconds. */
  timeoutMs: number;
  /** Whether an error that a catch node took still fails the event. */
  caughtIs: 'ack' | 'nack';
  /** Most events in the hands of the flow. */
  window: number;
  /** Where failed events wait for their next attempt; without it they wait in memory, unsettled. */
  store: UsableStoreNode | undefined;
}

const MODES = ['completion', 'explicit', 'receipt'] as const;

/** How a source settles (fields `settlement`, `settleTimeout`, `caughtHandled`, `window`, `store`). */
export function settlementSettings(
  settings: Settings,
  otherwise: (typeof MODES)[number],
): SettlementSettings {
  return {
    mode: settings.choice('settlement', MODES, otherwise),
    timeoutMs: 1000 * settings.integer('settleTimeout', { minimum: 1, maximum: 86_400, otherwise: 60 }),
    caughtIs: settings.flag('caughtHandled', true) ? 'ack' : 'nack',
    window: settings.integer('window', { minimum: 1, maximum: 65_535, otherwise: 100 }),
    store: settings.text('store') === '' ? undefined : storeSetting(settings),
  };
}
