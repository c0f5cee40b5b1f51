import { type EditorNode, control } from './red.js';
import { watchSections } from './sections.js';

/** Shows the settings of a shared source only where it is shared; flows of older versions have none of them. */
export function partitionPanel(node: EditorNode): void {
  watchSections();
  const shared = control('node-input-shared');
  const section = shared.closest('details');
  if (section !== null) section.open = shared.checked;
  if (node['partitionRest'] === undefined) control('node-input-partitionRest').checked = true;
  const show = (): void => {
    for (const row of document.querySelectorAll<HTMLElement>('.gridwire-partitions'))
      row.hidden = !shared.checked;
  };
  shared.addEventListener('change', show);
  show();
}
