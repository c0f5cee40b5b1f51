import { control } from './red.js';

/** Shows a box for each group of types that the chosen contract can switch off; ticked means on. */
export function showSwitches(switches: { name: string; title: string }[], disabled: unknown): void {
  const off = new Set(Array.isArray(disabled) ? (disabled as string[]) : []);
  const list = control<HTMLElement>('gridwire-switches');
  const row = list.closest<HTMLElement>('.form-row');
  if (row !== null) row.hidden = switches.length === 0;
  const shown = [...list.querySelectorAll('input')].map((box) => box.value);
  // The same contract still: what was ticked and not saved yet stays.
  if (shown.join() === switches.map(({ name }) => name).join()) return;
  list.replaceChildren(
    ...switches.map(({ name, title }) => {
      const label = document.createElement('label');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.value = name;
      box.checked = !off.has(name);
      label.append(box, ` ${title}`);
      return label;
    }),
  );
}

/** The names of the groups that are switched off. */
export function readSwitches(): string[] {
  const boxes = control<HTMLElement>('gridwire-switches').querySelectorAll<HTMLInputElement>('input');
  return [...boxes].filter((box) => !box.checked).map((box) => box.value);
}
