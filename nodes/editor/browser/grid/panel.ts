import { type EditorNode, control } from '../red.js';
import { offerNetworkFile } from './network-file.js';

/** Panel of the simulation: shows only the fields that count. */
export function simPanel(node: EditorNode): void {
  environmentPanel();
  offerNetworkFile(node);
  const mode = control<HTMLSelectElement>('node-input-mode');
  const show = (): void => toggle('.gridwire-grid-distributed', mode.value === 'distributed');
  mode.addEventListener('change', show);
  // Node-RED fills the fields after this; the first sight must be right as well.
  setTimeout(show, 0);
}

/** The part about the environment, which the simulation and its devices share. */
export function environmentPanel(): void {
  const environment = control<HTMLSelectElement>('node-input-environment');
  const show = (): void => toggle('.gridwire-grid-own', environment.value === 'own');
  environment.addEventListener('change', show);
  setTimeout(show, 0);
}

function toggle(selector: string, visible: boolean): void {
  for (const row of document.querySelectorAll<HTMLElement>(selector))
    row.style.display = visible ? '' : 'none';
}

/** Whether an environment of one's own can be read at all; the runtime checks the rest. */
export function environmentIsValid(this: EditorNode, text: unknown): true | string {
  if (this['environment'] !== 'own') return true;
  const fault = this._(`${this.type}.check.json`);
  try {
    const value: unknown = JSON.parse(String(text));
    const usable = typeof value === 'object' && value !== null && 'network' in value && 'agents' in value;
    return usable ? true : fault;
  } catch {
    return fault;
  }
}
