import { control } from './red.js';

/** Says what it means that no store is chosen. */
export function keepInPanel(): void {
  const select = control<HTMLSelectElement>('node-input-store');
  const note = control<HTMLElement>('gridwire-keep-in-memory');
  const show = (): void => {
    note.hidden = !['', '_ADD_'].includes(select.value);
  };
  $(select).on('change', show);
  show();
}
