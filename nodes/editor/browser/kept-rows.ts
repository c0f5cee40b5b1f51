import { rowsToDraw } from './drawable.js';
import { element } from './elements.js';
import type { EditorNode, Query } from './red.js';

/** What is not drawn of each list: its rows, and the sentence that says so. */
const kept = new WeakMap<HTMLElement, { rows: readonly unknown[]; note: HTMLElement }>();

/**
 * Puts rows into an open list, as many as a page can draw. The others, and what is no row of texts, are kept as they
 * are, and a sentence below the list says how many.
 * @param most how many are drawn at most
 */
export function drawRows(node: EditorNode, list: Query, rows: unknown, most: number): void {
  // A text of a hostile flow would be a row for each letter, and hold up the page for minutes.
  const { drawn, others } = rowsToDraw(Array.isArray(rows) ? rows : [], most);
  list.editableList('empty');
  for (const row of drawn) list.editableList('addItem', row);
  keep(node, list, others);
}

/** Adds rows to an open list, as long as there is room; what goes beyond is kept too. */
export function addRows(node: EditorNode, list: Query, rows: readonly object[], most: number): void {
  const room = Math.max(0, most - list.editableList('items').length);
  for (const row of rows.slice(0, room)) list.editableList('addItem', row);
  keep(node, list, [...keptRows(list), ...rows.slice(room)]);
}

/** The rows of a list that are not drawn, as the flow has them. */
export function keptRows(list: Query): readonly unknown[] {
  return kept.get(list[0])?.rows ?? [];
}

function keep(node: EditorNode, list: Query, rows: readonly unknown[]): void {
  const frame = list[0].closest('.red-ui-editableList') ?? list[0];
  const note = kept.get(list[0])?.note ?? element('div', { className: 'gridwire-kept-rows' });
  note.setAttribute('role', 'status');
  frame.after(note);
  note.hidden = rows.length === 0;
  note.textContent = note.hidden ? '' : node._('gridwire.panel.kept-rows', { count: rows.length });
  kept.set(list[0], { rows, note });
}
