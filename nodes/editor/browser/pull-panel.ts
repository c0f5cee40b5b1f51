import { type EditorNode, control } from './red.js';

/** Pull settings as flows of older versions, which have none of them, are to be read. */
const DEFAULTS = {
  mode: 'push',
  pullAction: 'take',
  pullForm: 'list',
  pullLimit: '1000',
  pullTimeout: '0',
  pullCapacity: '10000',
} as const;

/** Shows the settings of the chosen mode, and gives the node its input in pull mode. */
export function pullPanel(node: EditorNode): void {
  for (const [name, value] of Object.entries(DEFAULTS)) {
    if (node[name] === undefined)
      control<HTMLInputElement | HTMLSelectElement>(`node-input-${name}`).value = value;
  }
  const mode = control<HTMLSelectElement>('node-input-mode');
  const show = (): void => {
    const pulls = mode.value === 'pull';
    for (const part of document.querySelectorAll<HTMLElement>('.gridwire-pull')) part.hidden = !pulls;
    for (const part of document.querySelectorAll<HTMLElement>('.gridwire-push')) part.hidden = pulls;
    control('node-input-inputs').value = pulls ? '1' : '0';
  };
  mode.addEventListener('change', show);
  show();
}
