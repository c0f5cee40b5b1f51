import { control, type EditorNode, rows } from './red.js';

/** Settings of nodes that receive; flows of older versions have none of them and get the defaults. */
const DEFAULTS = { settlement: 'completion', settleTimeout: '60', caughtHandled: true } as const;

/** Shows the stored settlement settings, and of the rows that go with a mode only those that mean something. */
export function settlementPanel(node: EditorNode): void {
  const mode = control<HTMLSelectElement>('node-input-settlement');
  const timeout = control('node-input-settleTimeout');
  const caught = control('node-input-caughtHandled');
  if (node['settlement'] === undefined) mode.value = DEFAULTS.settlement;
  if (node['settleTimeout'] === undefined) timeout.value = DEFAULTS.settleTimeout;
  if (node['caughtHandled'] === undefined) caught.checked = DEFAULTS.caughtHandled;
  const show = (): void => {
    for (const row of rows('gridwire-settlement')) row.hidden = mode.value === 'receipt';
  };
  mode.addEventListener('change', show);
  show();
}
